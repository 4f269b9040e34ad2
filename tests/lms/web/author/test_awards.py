"""A manager's roster, revoking and correcting."""

import csv
from io import StringIO

import pytest
from sqlalchemy import select

from lms.awards.commands import complete
from lms.awards.queries import find_award
from lms.awards.standing import standing_of
from lms.learning.models import LessonProgress
from tests.make import SEAL


@pytest.fixture
def award(make):
    return make.award(make.user(name="Jose Nunez"))


@pytest.fixture
def manager(make, award, browser):
    provider = award.completion.enrollment.edition.module.provider
    return browser.sign_in(make.member(provider, "manager"))


def test_the_roster_lists_what_was_issued_in_few_statements(manager, award, make, statements):
    provider = award.completion.enrollment.edition.module.provider
    url = f"/workshop/providers/{provider.slug}/roster"
    statements.clear()
    assert "Jose Nunez" in manager.get(url).text
    few = len(statements)
    for _ in range(5):
        make.award(edition=award.completion.enrollment.edition)
    statements.clear()
    assert "6 in all" in manager.get(url).text
    assert len(statements) == few <= 8


def test_an_empty_roster_says_what_will_be_here(browser, make):
    provider = make.provider()
    browser.sign_in(make.member(provider, "manager"))
    assert "No certificate issued yet" in browser.get(f"/workshop/providers/{provider.slug}/roster").text


def test_revoking_asks_why(manager, award, session):
    url = f"/workshop/certificates/{award.code}/revoke"
    answer = manager.post(url, {"note": "typed already"})
    assert answer.status_code == 422
    assert "typed already" in answer.text
    assert standing_of(session, award.code, SEAL).state == "valid"
    assert manager.post(url, {"reason": "misconduct", "note": "Found out."}).status_code == 303
    assert standing_of(session, award.code, SEAL).state == "revoked"
    page = manager.get(f"/workshop/certificates/{award.code}").text
    assert ("Revoked: misconduct" in page, "Found out." in page) == (True, True)
    assert "revoked already" in manager.post(url, {"reason": "misconduct", "note": "Again."}).text


def test_a_correction_takes_name_and_licenses(manager, award, make, session):
    license = make.license(award.completion.enrollment.user, number="LMFT8")
    url = f"/workshop/certificates/{award.code}/reissue"
    assert "Jose Nunez" in manager.get(url).text
    sent = {"name": " José  Núñez ", "licenses": [str(license.id)], "note": "Accents."}
    page = manager.post(url, sent).text
    assert standing_of(session, award.code, SEAL).state == "valid"
    for words in ("Jose Nunez", "<strong>José Núñez</strong>", "<strong>California LMFT8</strong>", "Accents.",
                  "is replaced for good", "gets an email", "The holder's own account says Jose Nunez"):  # fmt: skip
        assert words in page, words
    assert f'name="licenses" value="{license.id}"' in page
    again = manager.post(url, {**sent, "again": "1"}).text
    assert ("Check the correction</button>" in again, "Accents.</textarea>" in again) == (True, True)
    answer = manager.post(url, {**sent, "sure": "1"})
    corrected = find_award(session, award.completion.enrollment_id)
    assert answer.location == f"/workshop/certificates/{corrected.code}"
    assert corrected.facts["holder_name"] == "José Núñez"
    assert standing_of(session, award.code, SEAL).state == "replaced"
    earlier = manager.get(f"/workshop/certificates/{award.code}").text
    assert "Replaced" in earlier
    assert f'href="{answer.location}"' in earlier


def test_a_name_no_font_has_is_refused_at_the_field(manager, award, session):
    answer = manager.post(f"/workshop/certificates/{award.code}/reissue", {"name": "𓀀", "note": "x"})
    assert answer.status_code == 422
    assert "No certificate font has 𓀀" in answer.text
    assert standing_of(session, award.code, SEAL).state == "valid"


def test_a_second_correction_of_the_same_is_refused(manager, award):
    url = f"/workshop/certificates/{award.code}/reissue"
    assert "Nothing changes" in manager.post(url, {"name": "Jose Nunez", "note": "x"}).text
    assert manager.post(url, {"name": "A", "note": "x", "sure": "1"}).status_code == 303
    assert manager.post(url, {"name": "B", "note": "x"}).status_code == 422


def test_the_roster_is_searched_by_name_and_by_code(manager, award, make):
    edition = award.completion.enrollment.edition
    other = make.award(make.user(name="Ada Example"), edition)
    url = f"/workshop/providers/{edition.module.provider.slug}/roster"
    code = award.code
    typed = f"{code[:4]}-{code[4:8]}".lower()
    for words in ("nunez", "Jose N", code, typed):
        page = manager.get(f"{url}?q={words}").text
        assert ("Jose Nunez" in page, "Ada Example" in page) == (True, False), words
    assert other.code[:4] in manager.get(url).text
    assert "Nothing found" in manager.get(f"{url}?q=100%25").text


def test_the_roster_is_exported_without_formulas(manager, award, make):
    edition = award.completion.enrollment.edition
    evil = make.user(name="=HYPERLINK(1)")
    make.license(evil, number="LMFT9")
    make.award(evil, edition)
    url = f"/workshop/providers/{edition.module.provider.slug}/roster.csv"
    answer = manager.get(url)
    assert answer.mimetype == "text/csv"
    assert answer.headers["Cache-Control"] == "private, no-store"
    rows = list(csv.DictReader(StringIO(answer.data.decode("utf-8-sig"))))
    assert [row["Name"] for row in rows] == ["'=HYPERLINK(1)", "Jose Nunez"]
    assert rows[0]["Licenses"] == "California LMFT9"
    assert rows[1]["State"] == "Valid"
    assert manager.get(f"{url}?q=jose").text.count("\n") == 2


def test_what_was_done_is_said(manager, award):
    manager.post(f"/workshop/certificates/{award.code}/reissue", {"name": "A", "note": "x", "sure": "1"})
    assert "This is the corrected certificate." in manager.get("/workshop").text


def test_the_time_read_stands_beside_the_time_planned(manager, award, make, session):
    edition = award.completion.enrollment.edition
    hasty = make.ready(make.user(name="Ada Example"), edition)
    for progress in session.scalars(select(LessonProgress).where(LessonProgress.enrollment_id == hasty.id)):
        progress.seconds = 2
    session.flush()
    quick = complete(session, hasty, [], seal=SEAL, now=make.now).award
    url = f"/workshop/providers/{edition.module.provider.slug}/roster"
    page = manager.get(url).text
    assert ">20 of 60 min<" in page
    assert page.index("status-caution") < page.index("0 of 60 min")
    assert page.count("status-caution") == 1
    rows = list(csv.DictReader(StringIO(manager.get(f"{url}.csv").data.decode("utf-8-sig"))))
    assert {(row["Minutes seen reading"], row["Minutes planned"]) for row in rows} == {("20", "60"), ("0", "60")}
    page = manager.get(f"/workshop/certificates/{quick.code}").text
    assert "0 of 60 min" in page
    assert "without help from another person" in page
