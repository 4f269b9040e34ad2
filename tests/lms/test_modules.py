"""How drafts are written: what is kept, what is counted, what is refused."""

import io
import re
import subprocess
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import imageio_ffmpeg
import pytest
import yaml
from PIL import Image
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from lms.accreditation.accreditor import ACCREDITORS
from lms.assessments.commands import add_item, remove_objective, set_quiz
from lms.assessments.queries import list_bank
from lms.errors import Conflict, Invalid, NotFound
from lms.files import Shelf
from lms.modules.commands import (
    TOPIC_STEP,
    add_captions,
    add_contributor,
    add_lesson,
    add_media,
    add_objective,
    add_reference,
    begin_module,
    describe_media,
    edit_contributor,
    edit_details,
    edit_lesson,
    edit_objective,
    edit_reference,
    move_part,
    open_draft,
    remove_part,
)
from lms.modules.models import Edition, Lesson, Objective
from lms.modules.queries import (
    find_draft,
    find_latest_edition,
    fingerprint,
    get_draft_of,
    get_lesson,
    get_media,
    get_media_for,
    get_module,
    get_module_of,
    get_part,
    get_standing_of,
    list_contributors,
    list_lessons,
    list_media,
    list_objectives,
    list_references,
    list_standings,
)
from lms.modules.text import split_title

DEMO = Path(__file__).parents[2] / "lms" / "demo" / "modules"


@pytest.fixture
def by(make, now):
    return {"by": make.user().id, "now": now}


@pytest.fixture
def draft(session, make, by):
    return begin_module(session, make.provider().id, "Sleep and mood", **by)


@pytest.fixture
def shelf(tmp_path):
    return Shelf(str(tmp_path / "media"))


def picture(size=(40, 30), kind="PNG", mode="RGB", **options):
    file = io.BytesIO()
    Image.new(mode, size, "teal" if mode != "L" else 9).save(file, kind, **options)
    return file.getvalue()


@pytest.fixture(scope="session")
def film(tmp_path_factory):
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    source = ["-f", "lavfi", "-i", "color=c=teal:s=64x48:d=3", "-pix_fmt", "yuv420p"]
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *source, str(path)], check=True)
    return path.read_bytes()


CAPTIONS = b"WEBVTT\n\n00:00.000 --> 00:02.000\nHello.\n"


# Beginning


def test_a_module_begins_with_a_draft(session, draft, by):
    assert (draft.number, draft.title, draft.module.slug) == (1, "Sleep and mood", "sleep-and-mood")
    assert draft.editors == [by["by"]]
    assert find_draft(session, draft.module_id) is draft
    assert find_latest_edition(session, draft.module_id) is None


def test_the_same_title_gets_another_address(session, draft, by):
    again = begin_module(session, draft.module.provider_id, "Sleep, and mood!", **by)
    assert again.module.slug == "sleep-and-mood-2"


def test_an_address_may_be_wished_for_once(session, draft, by):
    assert begin_module(session, draft.module.provider_id, "Any", slug="mine", **by).module.slug == "mine"
    with pytest.raises(Invalid, match="address"):
        begin_module(session, draft.module.provider_id, "Any", slug="mine", **by)


@pytest.mark.parametrize("title", ["", "  \n", "x" * 201])
def test_a_module_needs_a_title_that_fits(session, make, by, title):
    with pytest.raises(Invalid) as refusal:
        begin_module(session, make.provider().id, title, **by)
    assert "title" in refusal.value.problems


def test_a_title_without_letters_still_has_an_address(session, make, by):
    assert begin_module(session, make.provider().id, "睡眠", **by).module.slug == "module"


# Details


def test_details_change_what_is_named(session, draft, by):
    edit_details(session, draft, summary=" One\nline ", difficulty="2.5", audience=["mft", "counselor"], **by)
    edit_details(session, draft, topics={"ethics": "0.25", "general": Decimal("0.5")}, crisis_box=True, **by)
    assert (draft.title, draft.summary, draft.difficulty) == ("Sleep and mood", "One line", Decimal("2.5"))
    assert draft.audience == ["counselor", "mft"]
    assert draft.topics == {"ethics": "0.25", "general": "0.50"}
    assert draft.crisis_box


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("summary", "x" * 201),
        ("level", "expert"),
        ("audience", ["dentist"]),
        ("difficulty", "2.2"),
        ("difficulty", "6"),
        ("difficulty", "nan"),
        ("difficulty", "hard"),
        ("topics", {"astrology": "1"}),
        ("topics", {"ethics": "0"}),
        ("topics", {"ethics": "-1"}),
        ("topics", {"ethics": "0.333"}),
        ("topics", {"ethics": "0.3"}),
        ("topics", {"ethics": ""}),
        ("topics", {"ethics": "inf"}),
        ("also_qualifies", ["astrology"]),
    ],
)
def test_nonsense_in_the_details_is_refused_at_its_field(session, draft, by, field, value):
    with pytest.raises(Invalid) as refusal:
        edit_details(session, draft, **{field: value}, **by)
    assert set(refusal.value.problems) == {field}


def test_everything_wrong_is_said_at_once_and_nothing_is_changed(session, draft, by):
    with pytest.raises(Invalid) as refusal:
        edit_details(session, draft, summary="New", level="expert", title="", **by)
    assert set(refusal.value.problems) == {"level", "title"}
    assert draft.summary == ""


def test_a_topic_does_not_count_twice(session, draft, by):
    edit_details(session, draft, topics={"ethics": "1"}, **by)
    with pytest.raises(Invalid, match="Ethics already has hours"):
        edit_details(session, draft, also_qualifies=["ethics"], **by)


@pytest.mark.parametrize("earlier", ["released_on", "reviewed_on"])
def test_a_module_does_not_expire_before_it_begins(session, draft, by, earlier):
    with pytest.raises(Invalid) as refusal:
        edit_details(session, draft, **{earlier: date(2026, 2, 1)}, expires_on=date(2026, 1, 1), **by)
    assert set(refusal.value.problems) == {"expires_on"}


def test_no_accreditor_counts_in_steps_that_quarters_cannot_make():
    assert {rules.increment % TOPIC_STEP for one in ACCREDITORS.values() for rules in one.editions} == {0}


# Who changed what


def test_every_change_names_its_editor_and_takes_the_draft_out_of_review(session, make, draft, by):
    draft.submitted_at = by["now"]
    other = make.user().id
    later = by["now"] + timedelta(hours=1)
    add_objective(session, draft, text="Describe sleep.", by=other, now=later)
    assert draft.editors == [by["by"], other]
    assert draft.submitted_at is None
    assert draft.changed_at == later


CHANGES = {
    "details": lambda s, e, by: edit_details(s, e, summary="x", **by),
    "a new objective": lambda s, e, by: add_objective(s, e, text="Name it.", **by),
    "an objective": lambda s, e, by: edit_objective(s, list_objectives(s, e.id)[0], text="Name it.", **by),
    "a new lesson": lambda s, e, by: add_lesson(s, e, title="x", **by),
    "a lesson": lambda s, e, by: edit_lesson(s, list_lessons(s, e.id)[0], title="x", body="y", **by),
    "the order": lambda s, e, by: move_part(s, list_lessons(s, e.id)[0], 1, **by),
    "a lesson less": lambda s, e, by: remove_part(s, list_lessons(s, e.id)[0], **by),
    "a reference": lambda s, e, by: add_reference(s, e, citation="x", year=2020, **by),
    "a contributor": lambda s, e, by: add_contributor(s, e, role="author", name="x", credentials="y", **by),
    "the post-test": lambda s, e, by: set_quiz(
        s, e, pass_mark=80, attempts=None, cooldown_minutes=0, shuffle=True, draws={}, **by
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_published_edition_refuses_every_change(session, make, by, change):
    edition = make.edition()
    with pytest.raises(Conflict, match="published"):
        CHANGES[change](session, edition, by)


def test_the_database_refuses_what_the_code_never_tries(session, make):
    edition = make.edition()
    for row in (Lesson, Objective):
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(update(row).where(row.edition_id == edition.id).values(position=9))


def test_a_draft_published_in_the_meantime_is_noticed(session, make, by):
    draft = make.draft()
    session.execute(
        update(Edition)
        .where(Edition.id == draft.id)
        .values(published_at=by["now"])
        .execution_options(synchronize_session=False)
    )
    with pytest.raises(Conflict):
        open_draft(session, draft.id, **by)


# Objectives


def test_objectives_stand_in_their_order_and_move(session, draft, by):
    a, b, c = (add_objective(session, draft, text=f"Describe {letter}.", **by) for letter in "abc")
    move_part(session, c, -1, **by)
    move_part(session, a, -1, **by)
    move_part(session, b, 1, **by)
    assert list_objectives(session, draft.id) == [a, c, b]
    assert [row.position for row in (a, c, b)] == [1, 2, 3]


def test_objectives_have_short_names_of_their_own(session, draft, by):
    first = add_objective(session, draft, text="Name the three dimensions of burnout.", **by)
    second = add_objective(session, draft, text="Name the three dimensions of burnout and more.", **by)
    assert first.key == "name-the-three-dimensions-of"
    assert second.key == "name-the-three-dimensions-of-2"
    assert add_objective(session, draft, text="x", key="own", **by).key == "own"
    with pytest.raises(Invalid):
        add_objective(session, draft, text="y", key="own", **by)


@pytest.mark.parametrize("text", ["", "x" * 301])
def test_an_objective_needs_a_text_that_fits(session, draft, by, text):
    with pytest.raises(Invalid):
        add_objective(session, draft, text=text, **by)
    objective = add_objective(session, draft, text="Name it.", **by)
    with pytest.raises(Invalid):
        edit_objective(session, objective, text=text, **by)


def test_an_objective_in_use_stays(session, make, by):
    draft = make.draft(objectives=2, items=1)
    objective = list_objectives(session, draft.id)[0]
    with pytest.raises(Conflict, match="A question of the bank uses this objective"):
        remove_objective(session, objective, **by)
    assert len(list_objectives(session, draft.id)) == 2


def test_an_unused_objective_goes_with_its_draw(session, draft, by):
    a, b = (add_objective(session, draft, text=f"Describe {letter}.", **by) for letter in "ab")
    set_quiz(session, draft, pass_mark=80, attempts=3, cooldown_minutes=0, shuffle=True, draws={a.id: 1, b.id: 2}, **by)
    remove_objective(session, a, **by)
    assert [(row.objective, row.drawn) for row in list_bank(session, draft.id)] == [(b, 2)]
    assert b.position == 1


# Lessons


def test_lessons_are_counted_one_by_one_and_together(session, draft, by):
    first = add_lesson(session, draft, title="First", body="One two three.", **by)
    second = add_lesson(session, draft, title="Second", body="Four *five*.\r\n", **by)
    assert (first.words, second.words, draft.words) == (3, 2, 5)
    edit_lesson(session, first, title="First", body="One", **by)
    assert draft.words == 3
    remove_part(session, second, **by)
    assert draft.words == 1


def test_lessons_have_addresses_of_their_own(session, draft, by):
    slugs = [add_lesson(session, draft, title="Sleep", **by).slug for _ in range(2)]
    assert slugs == ["sleep", "sleep-2"]
    assert get_lesson(session, draft.id, "sleep-2").title == "Sleep"
    with pytest.raises(Invalid):
        add_lesson(session, draft, title="x", slug="sleep", **by)
    with pytest.raises(NotFound):
        get_lesson(session, draft.id, "nothing")


def test_a_stale_text_does_not_overwrite_a_newer_one(session, draft, by):
    lesson = add_lesson(session, draft, title="A", body="First.", **by)
    loaded = fingerprint(lesson)
    edit_lesson(session, lesson, title="A", body="Theirs.", loaded=loaded, **by)
    with pytest.raises(Conflict, match="Somebody else saved"):
        edit_lesson(session, lesson, title="A", body="Mine.", loaded=loaded, **by)
    assert lesson.body == "Theirs."


def test_saving_twice_is_no_conflict(session, draft, by):
    lesson = add_lesson(session, draft, title="A", body="First.", **by)
    loaded = fingerprint(lesson)
    for _ in range(2):
        edit_lesson(session, lesson, title="A", body="Mine.", loaded=loaded, **by)
    assert lesson.body == "Mine."


def test_a_text_with_a_foreign_picture_is_refused(session, draft, by, make):
    elsewhere = make.media()
    for body in (f"![x](media:{elsewhere.id})", "![x](https://example.org/x.png)"):
        with pytest.raises(Invalid) as refusal:
            add_lesson(session, draft, title="A", body=body, **by)
        assert "body" in refusal.value.problems


# Contributors and references


def test_contributors_are_authors_first_and_keep_their_order(session, draft, by):
    def add(role, name):
        return add_contributor(session, draft, role=role, name=name, credentials="PhD", **by)

    planner, first, second = add("planner", "P"), add("author", "A"), add("author", "B")
    move_part(session, second, -1, **by)
    assert list_contributors(session, draft.id) == [second, first, planner]
    assert [second.position, first.position, planner.position] == [1, 2, 1]
    edit_contributor(session, first, role="author", name="Z", credentials="PsyD", **by)
    assert (first.name, first.credentials) == ("Z", "PsyD")


def test_a_contributor_needs_role_name_and_credentials(session, draft, by):
    with pytest.raises(Invalid) as refusal:
        add_contributor(session, draft, role="editor", name=" ", credentials="", **by)
    assert set(refusal.value.problems) == {"role", "name", "credentials"}


def test_references_are_kept_in_order(session, draft, by):
    first = add_reference(session, draft, citation="A (2020).", year=2020, url=None, seminal=False, **by)
    second = add_reference(session, draft, citation="B (2021).", year=2021, url="https://doi.org/10.1/x", **by)
    assert list_references(session, draft.id) == [first, second]
    edit_reference(session, first, citation="A (1990).", year=1990, seminal=True, **by)
    assert (first.year, first.seminal, first.url) == (1990, True, "")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"citation": "", "year": 2020}, "citation"),
        ({"citation": "x", "year": 99}, "year"),
        ({"citation": "x", "year": 2030}, "year"),
        ({"citation": "x", "year": 2020, "url": "javascript:alert(1)"}, "url"),
    ],
)
def test_a_reference_that_cannot_be_right_is_refused(session, draft, by, values, field):
    with pytest.raises(Invalid) as refusal:
        add_reference(session, draft, **values, **by)
    assert set(refusal.value.problems) == {field}


# Media


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_is_drawn_anew_without_its_metadata(session, draft, by, shelf, kind):
    exif = Image.Exif()
    exif[0x010E] = "a secret place"
    content = picture(kind=kind, exif=exif)
    assert b"a secret place" in content
    media = add_media(
        session, draft, shelf, content, described={"filename": "C:\\x\\a b.png", "alt": "A\nchart."}, **by
    )
    with shelf.open(media.sha256) as file:
        kept = file.read()
    assert b"secret" not in kept
    assert (media.kind, media.content_type, media.width, media.height) == ("image", f"image/{kind.lower()}", 40, 30)
    assert (media.size, media.filename, media.alt) == (len(kept), "a b.png", "A chart.")


def test_a_picture_stands_upright(session, draft, by, shelf):
    exif = Image.Exif()
    exif[0x0112] = 6
    media = add_media(session, draft, shelf, picture(kind="JPEG", exif=exif), described={}, **by)
    assert (media.width, media.height, media.filename) == (30, 40, "file")


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "LA", "1"])
def test_pictures_of_every_mode_are_kept(session, draft, by, shelf, mode):
    file = io.BytesIO()
    Image.new(mode, (4, 4)).save(file, "PNG")
    assert add_media(session, draft, shelf, file.getvalue(), described={}, **by).width == 4


def test_a_large_picture_is_made_smaller(session, draft, by, shelf):
    media = add_media(session, draft, shelf, picture((4100, 1000)), described={}, **by)
    assert (media.width, media.height) == (2000, 488)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a",
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        b"\x89PNG\r\n\x1a\n" + b"\0" * 40,
        picture()[:60],
        picture(kind="GIF"),
        b"\0\0\0\x18ftypisom" + b"\0" * 12,
        b"\0\0\0\x18ftypisom" + b"\0" * 12 + b"\0\0\0\x10moov\0\0\0\x08mvhd",
    ],
)
def test_what_is_no_picture_and_no_film_is_refused(session, draft, by, shelf, content):
    with pytest.raises(Invalid) as refusal:
        add_media(session, draft, shelf, content, described={}, **by)
    assert set(refusal.value.problems) == {"file"}


def test_a_bomb_is_not_opened(session, draft, by, shelf):
    for size in ((8000, 7000), (20000, 9000), (30000, 30000)):
        with pytest.raises(Invalid, match="too many pixels"):
            add_media(session, draft, shelf, picture(size, mode="1"), described={}, **by)


def test_a_film_is_measured(session, draft, by, shelf, film):
    media = add_media(session, draft, shelf, film, described={"filename": "a.mp4"}, **by)
    assert (media.kind, media.seconds, media.width, media.height) == ("video", 3, 64, 48)
    with shelf.open(media.sha256) as file:
        assert file.read() == film


def test_a_drawing_is_kept_as_a_picture(session, draft, by, shelf):
    drawing = (
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30 20"><path d="M0 0h9" onclick="x()"/><script/></svg>'
    )
    media = add_media(session, draft, shelf, drawing, described={}, **by)
    assert (media.kind, media.content_type, media.width, media.height) == ("image", "image/svg+xml", 30, 20)
    with shelf.open(media.sha256) as file:
        kept = file.read()
    assert b"M0 0h9" in kept
    assert b"onclick" not in kept
    assert b"script" not in kept


def test_a_sound_is_no_film_and_neither_is_a_blink(session, draft, by, shelf, tmp_path):
    for source in (["-i", "sine=d=2"], ["-i", "color=c=teal:s=64x48:d=0.4", "-pix_fmt", "yuv420p"]):
        path = tmp_path / f"{len(source)}.mp4"
        subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "lavfi", *source, str(path)], check=True)
        with pytest.raises(Invalid) as refusal:
            add_media(session, draft, shelf, path.read_bytes(), described={}, **by)
        assert set(refusal.value.problems) == {"file"}


def test_the_long_form_of_a_films_header_is_read_too(session, draft, by, shelf, film):
    start = film.index(b"mvhd") + 4
    short = film[start : start + 100]
    scale, duration = short[12:16], short[16:20]
    long = b"\1\0\0\0" + bytes(16) + scale + bytes(4) + duration + short[20:]
    grown = (len(long) + 8).to_bytes(4) + b"mvhd" + long
    box = film.index(b"moov") - 4
    size = int.from_bytes(film[box : box + 4]) + len(long) - len(short)
    changed = film[:box] + size.to_bytes(4) + film[box + 4 : start - 8] + grown + film[start + 100 :]
    assert add_media(session, draft, shelf, changed, described={}, **by).seconds == 3


def test_a_film_cut_short_is_refused(session, draft, by, shelf, film):
    with pytest.raises(Invalid):
        add_media(session, draft, shelf, film[: len(film) // 3], described={}, **by)


def test_a_picture_is_shown_once_it_is_described(session, draft, by, shelf):
    media = add_media(session, draft, shelf, picture(), described={}, **by)
    body = f"![x](media:{media.id})"
    with pytest.raises(Invalid, match="text alternative"):
        add_lesson(session, draft, title="A", body=body, **by)
    describe_media(session, draft, media, alt="A teal field.", **by)
    add_lesson(session, draft, title="A", body=body, **by)


def test_a_film_is_shown_and_counted_once_it_has_captions(session, draft, by, shelf, film):
    media = add_media(session, draft, shelf, film, described={"filename": "talk.mp4"}, **by)
    body = f"Look.\n\n![x](media:{media.id})"
    with pytest.raises(Invalid, match="captions"):
        add_lesson(session, draft, title="A", body=body, **by)
    captions = add_captions(session, draft, shelf, media, CAPTIONS, **by)
    lesson = add_lesson(session, draft, title="A", body=body, **by)
    assert (media.captions_id, captions.filename, captions.content_type) == (captions.id, "talk.vtt", "text/vtt")
    assert (lesson.media_seconds, draft.media_seconds, draft.words) == (3, 3, 2)


@pytest.mark.parametrize(
    "content", [b"", b"WEBVTT\n", b"\xff\xfe", b"1\n00:00:01,000 --> 00:00:02,000\nHello\n", b"WEBVTT\n\nx -->"]
)
def test_captions_that_cannot_be_read_are_refused(session, draft, by, shelf, film, content):
    media = add_media(session, draft, shelf, film, described={}, **by)
    with pytest.raises(Invalid) as refusal:
        add_captions(session, draft, shelf, media, content, **by)
    assert set(refusal.value.problems) == {"captions"}


def test_only_films_have_captions(session, draft, by, shelf):
    media = add_media(session, draft, shelf, picture(), described={}, **by)
    with pytest.raises(Invalid, match="Only films"):
        add_captions(session, draft, shelf, media, CAPTIONS, **by)


def test_what_a_published_edition_shows_stays_as_it_is(session, make, by, shelf):
    edition = make.draft()
    media = make.media(edition)
    lesson = list_lessons(session, edition.id)[0]
    lesson.body = f"![x](media:{media.id})"
    session.flush()
    describe_media(session, edition, media, alt="Better.", **by)
    edition.published_at = by["now"]
    session.flush()
    with pytest.raises(Conflict, match="published edition shows this"):
        describe_media(session, edition, media, alt="Other.", **by)
    assert media.alt == "Better."


def test_media_are_for_anyone_once_the_module_is_published(session, make):
    draft, edition = make.draft(), make.edition()
    hidden, shown = make.media(draft), make.media(edition)
    assert get_media_for(session, [], shown.id) == (shown, True)
    assert get_media_for(session, [draft.module.provider_id], hidden.id) == (hidden, False)
    for providers, number in (([], hidden.id), ([edition.module.provider_id], hidden.id), ([], 0)):
        with pytest.raises(NotFound):
            get_media_for(session, providers, number)
    assert list_media(session, edition.module_id) == [shown]
    with pytest.raises(NotFound):
        get_media(session, edition.module_id, hidden.id)


# Finding things


def test_to_fetch_is_to_be_allowed(session, make):
    draft, other = make.draft(), make.provider()
    mine, slug = [draft.module.provider_id], draft.module.slug
    assert get_module(session, slug) is draft.module
    assert get_module_of(session, mine, slug) is draft.module
    assert get_draft_of(session, mine, slug) is draft
    assert get_standing_of(session, mine, slug).draft is draft
    for find in (get_module_of, get_draft_of, get_standing_of):
        with pytest.raises(NotFound):
            find(session, [other.id], slug)
    with pytest.raises(NotFound):
        get_module(session, "nothing")


def test_a_part_of_another_edition_is_not_found(session, make):
    draft, other = make.draft(), make.draft()
    objective = list_objectives(session, other.id)[0]
    assert get_part(session, Objective, other.id, objective.id) is objective
    with pytest.raises(NotFound):
        get_part(session, Objective, draft.id, objective.id)


def test_a_standing_holds_the_draft_and_the_latest_edition(session, make, now):
    edition = make.edition()
    second = Edition(module_id=edition.module_id, number=2, title="Second", created_at=now, published_at=now)
    third = Edition(module_id=edition.module_id, number=3, title="Third", created_at=now + timedelta(days=1))
    session.add_all([second, third])
    session.flush()
    (standing,) = list_standings(session, [edition.module.provider_id])
    assert (standing.published, standing.draft, standing.title) == (second, third, "Third")
    assert find_latest_edition(session, edition.module_id) is second
    assert standing.changed_at == third.created_at


def test_modules_are_listed_last_change_first_in_one_statement(session, make, by, statements):
    drafts = [make.draft() for _ in range(3)]
    edit_details(session, drafts[1], summary="x", by=by["by"], now=by["now"] + timedelta(days=3))
    providers = [draft.module.provider_id for draft in drafts]
    session.expunge_all()
    statements.clear()
    found = list_standings(session, providers)
    assert [row.module.provider.name for row in found]
    assert found[0].newest.id == drafts[1].id
    assert len(statements) == 1


# The demonstration


@pytest.mark.parametrize(
    ("folder", "low", "high"), [("ethics-and-telehealth", 7200, 7500), ("burnout-and-self-care", 4600, 4800)]
)
def test_the_demonstration_loads_through_the_commands(session, make, by, shelf, folder, low, high):
    text = yaml.safe_load((DEMO / folder / "module.yaml").read_text())
    draft = begin_module(session, make.provider().id, text["title"], slug=text["slug"], **by)
    names = ("summary", "description", "level", "audience", "difficulty", "topics", "also_qualifies", "content_warning",
             "crisis_box", "commercial_support", "originality", "content_license")  # fmt: skip
    edit_details(session, draft, **{name: text[name] for name in names}, **by)
    objectives = {
        row["key"]: add_objective(session, draft, text=row["text"], key=row["key"], **by) for row in text["objectives"]
    }
    for row in text["authors"]:
        add_contributor(session, draft, role="author", **row, **by)
    for row in text["references"]:
        add_reference(session, draft, **row, **by)
    for path in sorted((DEMO / folder / "lessons").glob("*.md")):
        title, body = split_title(path.read_text())
        for name in re.findall(r"\(media:([a-z-]+)\)", body):
            drawing = (DEMO / folder / "media" / f"{name}.svg").read_bytes()
            media = add_media(session, draft, shelf, drawing, described={"alt": "A drawing."}, **by)
            body = body.replace(f"(media:{name})", f"(media:{media.id})")
        add_lesson(session, draft, title=title, body=body, slug=path.stem[3:], **by)
    for row in yaml.safe_load((DEMO / folder / "items.yaml").read_text()):
        objective, options = objectives[row["objective"]], {"options": row["options"]}
        add_item(session, draft, objective=objective, kind=row["kind"], stem=row["stem"], definition=options, **by)
    draws = {objectives[key].id: count for key, count in text["test"].pop("draw").items()}
    set_quiz(session, draft, draws=draws, **text["test"], **by)
    assert low <= draft.words <= high
    assert draft.words == sum(session.scalars(select(Lesson.words).where(Lesson.edition_id == draft.id)))
    assert all(row.enough for row in list_bank(session, draft.id))


@pytest.mark.parametrize(("field", "value"), [
    ("title", "A\u202eB"), ("summary", "A\x00B"), ("cost", "Free\u00ad"), ("content_license", "CC\ue000"),
    ("released_on", date(1, 1, 1)), ("reviewed_on", date(1999, 12, 31)), ("expires_on", date(9999, 12, 31)),
    ("description", "[" * 20_000 + "*" * 5),
])  # fmt: skip
def test_what_hides_or_overflows_is_refused_at_its_field(session, draft, by, field, value):
    with pytest.raises(Invalid) as refusal:
        edit_details(session, draft, **{field: value}, **by)
    assert set(refusal.value.problems) == {field}


def test_hidden_characters_are_refused_of_people_and_objectives(session, draft, by):
    with pytest.raises(Invalid, match=r"U\+202E"):
        add_objective(session, draft, text="Describe\u202e it", **by)
    with pytest.raises(Invalid) as refusal:
        add_contributor(session, draft, name="A\u2066da", credentials="Ph\x07D", **by)
    assert set(refusal.value.problems) == {"name", "credentials"}


def test_a_lesson_that_takes_too_long_to_show_is_not_saved(session, draft, by):
    with pytest.raises(Invalid, match="takes too long to show") as refusal:
        add_lesson(session, draft, title="Attack", body="[" * 50_000, **by)
    assert set(refusal.value.problems) == {"body"}
