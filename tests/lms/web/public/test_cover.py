"""What other sites show of ours: a module's cover, and nothing of a person."""

import io
import re

import pytest
from PIL import Image


@pytest.fixture
def edition(make):
    return make.edition(title="Ethics and telehealth: consent and crossing state lines")


@pytest.fixture
def url(edition):
    return f"/modules/{edition.module.slug}"


def test_a_cover_is_1200_by_630_and_drawn_once(browser, url, settings):
    answer = browser.get(f"{url}/share.png")
    assert answer.mimetype == "image/png"
    assert Image.open(io.BytesIO(answer.data)).size == (1200, 630)
    (kept,) = (settings.data_dir / "covers").iterdir()
    kept.write_bytes(b"kept")
    assert browser.get(f"{url}/share.png").data == b"kept"


def test_an_unchanged_cover_is_not_sent_twice(browser, url):
    tag = browser.get(f"{url}/share.png").headers["ETag"]
    assert browser.get(f"{url}/share.png", headers={"If-None-Match": tag}).status_code == 304


def test_titles_of_any_length_fit(browser, make):
    for title in ("A", "Long words about very many things " * 8):
        slug = make.edition(title=title[:200]).module.slug
        assert browser.get(f"/modules/{slug}/share.png").status_code == 200


def test_no_module_no_cover(browser):
    assert browser.get("/modules/none/share.png").status_code == 404


def test_the_module_page_names_title_summary_and_cover(browser, url, edition):
    page = browser.get(url).text
    said = dict(re.findall(r'<meta property="og:(\S+)" content="([^"]*)">', page))
    assert said["title"] == edition.title
    assert said["description"] == edition.summary
    assert said["image"].startswith("http")
    assert said["image"].endswith(f"{url}/share.png")


def test_the_verify_page_tells_other_sites_nothing_of_the_person(browser, make):
    award = make.award(make.user(name="Zoë O’Brien"))
    head = browser.get(f"/c/{award.code}").text.split("</head>")[0]
    assert 'property="og:title" content="Certificate check at Credence"' in head
    assert "Zoë" not in head
    assert "og:image" not in head
