"""Uploading pictures and films, describing them, and serving them."""

import io

import pytest
from PIL import Image

from lms.modules.commands import add_captions, add_lesson, add_media
from lms.modules.queries import list_media
from lms.web.shelf import shelf

CAPTIONS = b"WEBVTT\n\n00:00.000 --> 00:02.000\nHello.\n"
LONG = CAPTIONS + b" " * 500_000


def png(color="teal"):
    file = io.BytesIO()
    Image.new("RGB", (40, 30), color).save(file, "PNG")
    return file.getvalue()


def upload(browser, place, content, name="chart.png", **data):
    return browser.post(f"{place}/media", {"file": (io.BytesIO(content), name), **data})


@pytest.fixture
def kept(app, session, draft, make, now):
    """A picture on the shelf."""
    with app.app_context():
        described = {"filename": "chart.png", "alt": "A chart."}
        return add_media(session, draft, shelf(), png(), described=described, by=make.user().id, now=now)


def test_an_upload_leads_to_what_to_paste(author, place, draft, read, text_of):
    answer = upload(author, place, png(), alt="A chart.")
    (media,) = read(list_media, draft.module_id)
    assert answer.location == f"{place}/media/{media.id}"
    assert (media.filename, media.alt) == ("chart.png", "A chart.")
    assert f"![caption](media:{media.id})" in text_of(author.get(answer.location))
    assert f"![caption](media:{media.id})" in text_of(author.get(f"{place}/media"))


@pytest.mark.parametrize("content", [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a", b"%PDF-1.7"])
def test_what_is_no_picture_is_refused_at_the_field(author, place, draft, read, content):
    answer = upload(author, place, content, alt="Kept words.")
    assert answer.status_code == 422
    assert 'id="file-errors"' in answer.text
    assert "Kept words." in answer.text
    assert not read(list_media, draft.module_id)


def test_no_file_at_all_is_refused_too(author, place):
    assert author.post(f"{place}/media", {"alt": "x"}).status_code == 422


def test_an_upload_beyond_the_limit_is_refused(app, author, place):
    app.config["MAX_CONTENT_LENGTH"] = 1000
    assert upload(author, place, b"\x89PNG" + b"0" * 2000).status_code == 413


def test_a_picture_without_words_asks_for_them(author, place, draft, read, text_of):
    address = upload(author, place, png()).location
    assert "A text alternative is missing" in text_of(author.get(address))
    assert author.post(address, {"alt": " "}).status_code == 422
    assert author.post(address, {"alt": "A teal field."}).status_code == 303
    assert read(list_media, draft.module_id)[0].alt == "A teal field."


def test_a_film_asks_for_captions(author, place, draft, make, read, text_of):
    film = make.media(draft, kind="video", content_type="video/mp4", filename="talk.mp4", seconds=90, alt="")
    address = f"{place}/media/{film.id}"
    assert "Captions are missing" in text_of(author.get(address))
    assert "Needs captions" in text_of(author.get(f"{place}/media"))
    for data in ({}, {"captions": (io.BytesIO(b"no captions"), "a.vtt")}, {"captions": (io.BytesIO(LONG), "a.vtt")}):
        answer = author.post(address, data)
        assert answer.status_code == 422
        assert 'id="captions-errors"' in answer.text
    assert author.post(address, {"captions": (io.BytesIO(CAPTIONS), "a.vtt")}).status_code == 303
    assert f"media:{film.id}" in text_of(author.get(address))
    assert read(list_media, draft.module_id)[1].captions_id


def test_media_of_another_module_are_not_found(author, place, make):
    media = make.media(make.draft())
    assert author.get(f"{place}/media/{media.id}").status_code == 404
    assert author.post(f"{place}/media/{media.id}", {"alt": "x"}).status_code == 404


# Serving


def test_the_people_of_the_provider_see_a_picture_before_it_is_published(author, kept):
    answer = author.get(f"/media/{kept.id}")
    assert answer.status_code == 200
    assert Image.open(io.BytesIO(answer.data)).size == (40, 30)
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"] == "inline"
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert answer.headers["Content-Length"] == str(kept.size)


def test_nobody_else_does(browser, make, kept):
    assert browser.get(f"/media/{kept.id}").status_code == 404
    browser.sign_in(make.member(make.provider(), "author"))
    assert browser.get(f"/media/{kept.id}").status_code == 404
    assert browser.get("/media/999999").status_code == 404


def test_anyone_sees_it_once_the_module_is_published(browser, session, draft, kept, now):
    draft.published_at = now
    session.flush()
    answer = browser.get(f"/media/{kept.id}")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_a_player_may_ask_for_a_part(author, kept):
    answer = author.get(f"/media/{kept.id}", headers={"Range": "bytes=1-3"})
    assert answer.status_code == 206
    assert answer.data == b"PNG"
    assert answer.headers["Content-Range"] == f"bytes 1-3/{kept.size}"
    assert author.get(f"/media/{kept.id}", headers={"Range": "bytes=99999999-"}).status_code == 416


def test_a_browser_that_has_it_gets_nothing_twice(author, kept):
    answer = author.get(f"/media/{kept.id}", headers={"If-None-Match": f'"{kept.sha256}"'})
    assert answer.status_code == 304
    assert not answer.data


def test_a_file_missing_from_the_shelf_is_our_fault(author, make, draft):
    assert author.get(f"/media/{make.media(draft).id}").status_code == 503


def test_a_lesson_shows_the_picture_and_the_film(app, author, place, draft, kept, session, make):
    by = {"by": make.user().id, "now": make.now}
    film = make.media(draft, kind="video", content_type="video/mp4", filename="talk.mp4", seconds=90, alt="")
    with app.app_context():
        add_captions(session, draft, shelf(), film, CAPTIONS, **by)
    body = f"![Over time](media:{kept.id})\n\n![A talk](media:{film.id})"
    lesson = add_lesson(session, draft, title="Shown", body=body, **by)
    page = author.get(f"{place}/preview/lessons/{lesson.slug}").text
    assert f'src="/media/{kept.id}"' in page
    assert f'src="/media/{film.captions_id}"' in page
    assert lesson.media_seconds == 90


def test_a_drawing_opened_by_itself_may_do_nothing(author, place, draft, read):
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9"/></svg>'
    upload(author, place, drawing, "a.svg", alt="A line.")
    answer = author.get(f"/media/{read(list_media, draft.module_id)[0].id}")
    assert answer.headers["Content-Type"].startswith("image/svg+xml")
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
