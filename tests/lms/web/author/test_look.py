"""How a provider's certificates look: chosen by a manager, frozen at issue."""

import io

import pytest
from PIL import Image

from lms.awards.dress import PICTURES


def png(color=(20, 60, 120, 255), size=(300, 100)):
    file = io.BytesIO()
    Image.new("RGBA", size, color).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def provider(make):
    return make.provider(name="House of Learning")


@pytest.fixture
def manager(browser, make, provider):
    return browser.sign_in(make.member(provider, "manager"))


@pytest.fixture
def url(provider):
    return f"/workshop/providers/{provider.slug}/look"


def upload(manager, url, **files):
    return manager.post(url, {kind: (io.BytesIO(content), f"{kind}.png") for kind, content in files.items()})


def test_the_page_shows_every_design_and_which_is_in_use(manager, url):
    page = manager.get(url).text
    assert all(f"Use {title}" in page for title in ("modern", "plain"))
    assert "Use classic" not in page
    assert "In use" in page
    assert page.count("specimen.webp") == 4


def test_a_design_is_chosen(manager, url, provider, session):
    assert manager.post(f"{url}/design", {"design": "modern"}).status_code == 303
    session.refresh(provider)
    assert provider.design == "modern"


def test_a_design_that_is_not_there_is_refused(manager, url, provider, session):
    assert manager.post(f"{url}/design", {"design": "../plain"}).status_code == 422
    session.refresh(provider)
    assert provider.design == "classic"


def test_pictures_are_kept_and_taken_off_again(manager, url, provider, session):
    assert upload(manager, url, logo=png(), signature=png((0, 0, 0, 255))).status_code == 303
    session.refresh(provider)
    assert provider.logo != provider.signature
    assert all(len(getattr(provider, kind)) == 64 for kind in PICTURES)
    assert "Remove the logo" in manager.get(url).text
    assert manager.post(f"{url}/logo/remove").status_code == 303
    session.refresh(provider)
    assert provider.logo is None
    assert provider.signature


def test_what_is_no_picture_is_refused_beside_its_field_and_nothing_is_kept(manager, url, provider, session):
    answer = upload(manager, url, logo=png(), signature=b"MZ nonsense")
    assert answer.status_code == 422
    assert "signature-errors" in answer.text
    assert "not a picture" in answer.text
    session.refresh(provider)
    assert provider.logo is None


def test_an_empty_form_asks_for_a_file(manager, url):
    answer = manager.post(url)
    assert answer.status_code == 422
    assert "Choose a logo or a signature" in answer.text


def test_the_specimen_is_drawn_in_each_size_and_design(manager, url):
    sizes = []
    for query in ("", "?size=small", "?design=plain&size=small"):
        answer = manager.get(f"{url}/specimen.webp{query}")
        assert answer.mimetype == "image/webp"
        sizes.append(Image.open(io.BytesIO(answer.data)).width)
    assert sizes == [1600, 480, 480]
    assert manager.get(f"{url}/specimen.webp?design=none").status_code == 409


def test_the_specimen_shows_the_logo(manager, url):
    before = manager.get(f"{url}/specimen.webp?size=small").data
    upload(manager, url, logo=png())
    assert manager.get(f"{url}/specimen.webp?size=small").data != before


@pytest.mark.parametrize("role", ["author", "reviewer"])
def test_only_managers_of_this_provider(browser, make, provider, url, role):
    for user in (make.member(provider, role), make.member(make.provider(), "manager")):
        browser.sign_in(user)
        assert browser.get(url).status_code == 404
        assert browser.get(f"{url}/specimen.webp").status_code == 404
        assert browser.post(f"{url}/design", {"design": "plain"}).status_code == 404
        assert browser.post(f"{url}/logo/remove").status_code == 404


def test_the_page_takes_few_statements(manager, url, statements):
    manager.get(url)
    statements.clear()
    manager.get(url)
    assert len(statements) <= 4
