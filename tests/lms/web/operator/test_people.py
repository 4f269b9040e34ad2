"""People, providers and boards, as an operator keeps them."""

import re

import pytest
from sqlalchemy import select

from lms.boards.models import Board, Seat
from lms.outbox import Promise
from lms.providers.models import Membership, Provider

PROVIDER = {
    "slug": "house", "name": "House of Examples", "address": "1 Main Street", "telephone": "+1 217 555 0100",
    "email": "office@example.org", "signatory_name": "Ada Example", "signatory_title": "Director",
    "about": "We teach.",
}  # fmt: skip
BOARD = {"slug": "examples", "name": "Board of Examples", "jurisdiction": "US-CA", "professions": ["mft", "counselor"]}


@pytest.fixture
def operator(browser, make):
    user = make.operator()
    browser.sign_in(user)
    return user


def test_people_are_searched(browser, operator, make):
    make.user(name="Ada Lovelace", email="ada@example.org", confirmed_at=None)
    make.user(name="Charles Babbage")
    page = browser.get("/operator/people?q=LOVELACE").text
    assert "Ada Lovelace" in page
    assert "Not confirmed" in page
    assert "Babbage" not in page
    assert 'value="LOVELACE"' in page
    assert "Nobody found" in browser.get("/operator/people?q=zzz").text
    assert browser.get("/operator/people?page=99999").status_code == 200


def test_an_account_is_closed_and_opened(app, browser, operator, make, session):
    user = make.user(email="ada@example.org")
    theirs = type(browser)(app).sign_in(user)
    answer = browser.post(f"/operator/people/{user.id}/deactivate")
    assert answer.location == "/operator/people?q=ada@example.org"
    assert theirs.get("/learn").status_code == 303
    assert "Closed" in browser.get("/operator/people?q=ada").text
    browser.post(f"/operator/people/{user.id}/activate")
    session.refresh(user)
    assert user.active
    assert browser.post(f"/operator/people/{operator.id}/deactivate").status_code == 403
    assert browser.post("/operator/people/999999/activate").status_code == 404


def test_the_confirming_link_is_sent_again(browser, operator, make, session):
    user = make.user(confirmed_at=None)
    assert browser.post(f"/operator/people/{user.id}/confirmation").status_code == 303
    assert session.scalars(select(Promise)).one().payload["to"] == user.email
    assert browser.post(f"/operator/people/{operator.id}/confirmation").status_code == 409


def test_a_provider_begins_and_is_edited(browser, operator, make, session):
    assert "No provider yet" in browser.get("/operator/providers").text
    assert browser.get("/operator/providers/new").status_code == 200
    assert browser.post("/operator/providers/new", PROVIDER).location == "/operator/providers/house"
    provider = session.scalars(select(Provider)).one()
    assert "House of Examples" in browser.get("/operator/providers").text
    page = browser.get("/operator/providers/house").text
    assert 'value="1 Main Street"' in page
    assert "Nobody yet" in page
    browser.post("/operator/providers/house", {**PROVIDER, "name": "New name", "slug": "moved"})
    session.refresh(provider)
    assert (provider.name, provider.slug) == ("New name", "house")
    assert browser.get("/operator/providers/nowhere").status_code == 404


def test_a_bad_provider_is_told_at_its_fields_and_kept(browser, operator, make):
    make.provider(slug="house")
    answer = browser.post("/operator/providers/new", {**PROVIDER, "website": "ftp://x"})
    assert answer.status_code == 422
    assert "Another provider has this short name. Choose another" in answer.text
    assert "Begin the address with https://." in answer.text
    assert 'value="House of Examples"' in answer.text
    answer = browser.post("/operator/providers/house", {**PROVIDER, "email": "nobody"})
    assert answer.status_code == 422
    assert "This does not look like an email address." in answer.text


def test_roles_are_given_and_taken(browser, operator, make, session):
    provider = make.provider(slug="house")
    user = make.user(email="ada@example.org", name="Ada")
    assert browser.get("/operator/providers/house/members").status_code == 200
    wrong = browser.post("/operator/providers/house/members", {"email": "nobody", "role": "author"})
    assert wrong.status_code == 422
    assert "This does not look like an email address." in wrong.text
    unknown = browser.post("/operator/providers/house/members", {"email": "none@example.org", "role": "author"})
    assert unknown.status_code == 200
    assert "none@example.org has no confirmed account here yet." in unknown.text
    assert 'id="email" name="email"' in unknown.text
    browser.post("/operator/providers/house/members", {"email": "Ada@example.org", "role": "author"})
    assert session.scalars(select(Membership)).one().user_id == user.id
    assert "Ada" in browser.get("/operator/providers/house").text
    url = f"/operator/providers/house/members/{user.id}/remove"
    assert browser.post(url, {"role": "manager"}).status_code == 404
    assert browser.post(url, {"role": "author"}).status_code == 303
    assert session.scalars(select(Membership)).all() == []
    make.member(provider, "manager", operator)
    browser.post(f"/operator/providers/house/members/{operator.id}/remove", {"role": "manager"})
    assert "You cannot take your own manager role." in browser.get("/operator/providers/house").text


def test_the_role_box_begins_where_the_provider_stands(browser, make):
    provider = make.provider(slug="house")
    browser.sign_in(make.operator())
    assert '<option selected value="manager">' in browser.get("/operator/providers/house/members").text
    make.member(provider, "manager")
    assert '<option selected value="author">' in browser.get("/operator/providers/house/members").text


def test_what_publishing_needs_is_not_called_optional(browser, make):
    make.provider(slug="house")
    browser.sign_in(make.operator())
    page = browser.get("/operator/providers/house").text
    for field in ("refund_policy", "accommodation_policy", "grievance_policy", "system_requirements"):
        assert re.search(rf'<label for="{field}">[^<]*<span class="optional">needed to publish<', page), field


def test_a_board_begins_and_seats_are_given_and_taken(app, browser, operator, make, session):
    assert "No board yet" in browser.get("/operator/boards").text
    assert browser.get("/operator/boards/new").status_code == 200
    assert browser.post("/operator/boards/new", BOARD).location == "/operator/boards/examples"
    assert session.scalars(select(Board)).one().professions == ["counselor", "mft"]
    assert "Counselors, marriage and family therapists" in browser.get("/operator/boards").text
    user = make.user(email="ada@example.org", name="Ada")
    assert browser.post("/operator/boards/examples", {"email": "none@example.org"}).status_code == 422
    assert browser.post("/operator/boards/examples", {"email": user.email}).status_code == 303
    assert type(browser)(app).sign_in(user).get("/board").status_code == 200
    assert "Ada" in browser.get("/operator/boards/examples").text
    browser.post(f"/operator/boards/examples/seats/{user.id}/remove")
    assert session.scalars(select(Seat)).all() == []
    assert browser.post(f"/operator/boards/examples/seats/{user.id}/remove").status_code == 404


def test_a_bad_board_is_told_at_its_fields(browser, operator, make):
    make.board(slug="examples")
    answer = browser.post("/operator/boards/new", BOARD)
    assert answer.status_code == 422
    assert "Another board has this short name. Choose another" in answer.text
    assert "Choose at least one profession." in browser.post("/operator/boards/new", {**BOARD, "professions": []}).text
