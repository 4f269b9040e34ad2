"""The profile and the licenses."""

import re
from datetime import date

from sqlalchemy import select

from lms.people.models import License

LICENSE = {
    "jurisdiction": "US-CA", "profession": "mft", "credential": " lmft ", "number": " lmft  123456 ",
    "issued_on": "2020-05-01", "expires_on": "2026-02-28",
}  # fmt: skip


def test_name_and_time_zone_are_kept(browser, make, session):
    user = make.user()
    browser.sign_in(user)
    page = browser.get("/account/profile").text
    assert "Certificates you have already keep the name they were issued to" in page
    assert "(America/Chicago)" in page
    assert "Europe/Paris" in page
    answer = browser.post("/account/profile", {"name": " Zoë  Müller ", "time_zone": "Pacific/Guam"})
    assert (answer.status_code, answer.location) == (303, "/account/profile")
    session.refresh(user)
    assert (user.name, user.time_zone) == ("Zoë Müller", "Pacific/Guam")
    assert "Your profile is saved." in browser.get("/account/profile").text


def test_what_cannot_be_printed_or_chosen_is_told_and_what_was_typed_is_kept(browser, make, session):
    user = make.user(name="Ada")
    browser.sign_in(user)
    answer = browser.post("/account/profile", {"name": "Ada \U0001f600", "time_zone": "Mars/Olympus"})
    assert answer.status_code == 422
    assert "U+1F600" in answer.text
    assert "Not a valid choice" in answer.text
    assert 'value="Ada \U0001f600"' in answer.text
    session.refresh(user)
    assert user.name == "Ada"


def test_names_of_many_scripts_are_welcome(browser, make, session):
    user = make.user()
    browser.sign_in(user)
    for name in ("Владимир Ильин", "Αθηνά Παππά", "محمد علي", "प्रिया शर्मा", "Nguyễn Thị Ánh", "Siobhán O’Brien-Żak"):
        assert browser.post("/account/profile", {"name": name, "time_zone": "UTC"}).status_code == 303, name
        session.refresh(user)
        assert user.name == name


def test_a_license_is_added_corrected_and_removed(browser, make, session):
    user = make.user()
    browser.sign_in(user)
    assert "No license yet" in browser.get("/account/profile").text
    assert browser.post("/account/licenses/new", LICENSE).location == "/account/profile"
    held = session.scalars(select(License)).one()
    assert (held.user_id, held.credential, held.number) == (user.id, "LMFT", "LMFT 123456")
    page = browser.get("/account/profile").text
    assert "California" in page
    assert ">LMFT 123456<br>" in page
    assert "28 February 2026" in page
    assert "Expired" in page
    url = f"/account/licenses/{held.id}"
    assert 'value="2026-02-28"' in browser.get(url).text
    assert browser.post(url, {**LICENSE, "number": "99", "expires_on": ""}).status_code == 303
    session.refresh(held)
    assert (held.number, held.expires_on) == ("99", None)
    assert "Expired" not in browser.get("/account/profile").text
    assert browser.post(url + "/remove").status_code == 303
    assert session.scalars(select(License)).all() == []


def test_a_number_on_another_account_is_refused_without_saying_whose(browser, make):
    other = make.user(name="Somebody Else", email="else@example.org")
    make.license(other, number="LMFT 123456")
    browser.sign_in(make.user())
    for credential, number in (("LMFT", "lmft-123-456."), ("L.M.F.T", "LMFT/123#456")):
        typed = {**LICENSE, "credential": credential, "number": number}
        assert browser.post("/account/licenses/new", typed).status_code == 422, number
    answer = browser.post("/account/licenses/new", {**LICENSE, "number": "lmft-123-456"})
    assert answer.status_code == 422
    assert "in use already" in answer.text
    assert "Somebody" not in answer.text
    assert "else@" not in answer.text
    assert 'value="lmft-123-456"' in answer.text


def test_bad_facts_are_told_at_their_fields(browser, make):
    browser.sign_in(make.user())
    answer = browser.post("/account/licenses/new", {**LICENSE, "number": "---", "issued_on": "2027-01-01"})
    assert answer.status_code == 422
    assert "Give the full number as in" in answer.text
    assert "expires after it was issued" in answer.text
    empty = browser.post("/account/licenses/new", {})
    assert "Choose the profession." in empty.text


def test_somebody_elses_license_is_not_there(browser, make):
    held = make.license(make.user())
    browser.sign_in(make.user())
    url = f"/account/licenses/{held.id}"
    assert browser.get(url).status_code == 404
    assert browser.post(url, LICENSE).status_code == 404
    assert browser.post(url + "/remove").status_code == 404


def test_editing_into_a_taken_number_keeps_the_old_one(browser, make, session):
    user = make.user()
    first, second = make.license(user, number="1"), make.license(user, number="2")
    browser.sign_in(user)
    answer = browser.post(f"/account/licenses/{second.id}", {**LICENSE, "credential": "LMFT", "number": "1"})
    assert "You have this license already." in answer.text
    session.expire_all()
    assert (first.number, second.number) == ("1", "2")


def test_the_pages_ask_few_questions_of_the_database(browser, make, statements):
    user = make.user()
    browser.sign_in(user)
    counts = []
    for _ in range(2):
        for url in ("/account/profile", "/account/security"):
            browser.get(url)
            statements.clear()
            assert browser.get(url).status_code == 200
            counts.append(len(statements))
        for n in range(10):
            make.license(user, expires_on=date(2030, 1, n + 1))
    assert max(counts) <= 5
    assert counts[:2] == counts[2:]


def test_who_is_a_moment_too_late_is_told_so(browser, make, monkeypatch):
    """The check saw nothing, the database did: the page that says so has to know who reads it."""
    make.license(make.user(), number="7")
    browser.sign_in(make.user())
    monkeypatch.setattr("lms.people.commands._refuse_taken", lambda *_, **__: None)
    answer = browser.post("/account/licenses/new", {**LICENSE, "credential": "LMFT", "number": "7"})
    assert answer.status_code == 409
    assert "Sign out" in answer.text


def test_whoever_came_from_the_last_step_is_led_back_to_it(browser, make):
    user = make.user()
    enrollment = make.ready(user)
    browser.sign_in(user)
    there = f"/learn/{enrollment.id}/finish"
    page = browser.get(f"/account/profile?next={there}").text
    assert f'href="{there}">Back to where you were</a>' in page
    assert f'href="/account/licenses/new?next={there}"' in page
    assert browser.post(f"/account/licenses/new?next={there}", LICENSE).location == there
    held = make.license(user)
    edit = f"/account/licenses/{held.id}?next={there}"
    assert f'href="{edit}"' in browser.get(f"/account/profile?next={there}").text
    page = browser.get(edit).text
    assert f'href="/account/profile?next={there}">Profile</a>' in page
    assert f'action="/account/licenses/{held.id}/remove?next={there}"' in page
    removed = browser.post(f"/account/licenses/{held.id}/remove?next={there}").location
    assert removed == f"/account/profile?next={there}"
    for foreign in ("//evil.example", "https://evil.example/", "/\\evil.example"):
        page = browser.get("/account/profile", query_string={"next": foreign}).text
        assert "Back to where you were" not in page
        assert not re.search(r'href="[^"]*evil', page)


def test_one_license_is_one_whether_the_letters_are_typed_once_or_twice(browser, make):
    user = make.user()
    browser.sign_in(user)
    assert browser.post("/account/licenses/new", {**LICENSE, "number": "123456"}).status_code == 303
    for number in ("LMFT 123456", "123-456", "lmft123456"):
        assert (
            "You have this license already."
            in browser.post("/account/licenses/new", {**LICENSE, "number": number}).text
        )
    held = make.license(make.user(), number="LMFT 777")
    answer = browser.post("/account/licenses/new", {**LICENSE, "number": "777"})
    assert "in use already" in answer.text
    assert held.number == "LMFT 777"
