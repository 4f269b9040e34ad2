"""Checking one certificate, many, and a licensee's."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from lms.awards.commands import revoke_award
from lms.awards.document import new_code
from lms.awards.sharing import set_disclosure, share_award
from lms.boards.models import Token
from lms.boards.tokens import hash_of, withdraw_token
from lms.oversight.models import Look
from lms.web.limits import limiter

LIST = "/api/v1/certificates?number=LMFT471100"


def test_anyone_checks_one_certificate(program, award):
    answer = program(token="").get(f"/api/v1/certificates/{award.code.lower()}")
    assert answer.status_code == 200
    assert (answer.json["schema"], answer.json["result"]) == ("ce-verify/1", "valid")
    assert answer.json["certificate"]["name"] == "Zoë O’Brien-Łukasiewicz"
    assert answer.json["proof"]["credential_sha256"] == award.credential_sha256
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers


def test_the_page_and_the_api_say_the_same(program, browser, award):
    one, other = (
        browser.get(f"/c/{award.code}.json").json,
        program(token="").get(f"/api/v1/certificates/{award.code}").json,
    )
    assert {**one, "checked_at": ""} == {**other, "checked_at": ""}


def test_an_unknown_code_is_an_answer(program):
    answer = program(token="").get(f"/api/v1/certificates/{new_code()}")
    assert (answer.status_code, answer.json["result"], answer.json["certificate"]) == (404, "unknown", None)
    assert "26 letters" in program(token="").get("/api/v1/certificates/x").json["hint"]


def test_a_token_checks_many_in_the_order_given(program, award, make, now):
    other = make.award()
    revoke_award(make.session, other, reason="misconduct", note="x", by=make.user().id, seal=make.seal, now=now)
    codes = [new_code(), award.code.lower(), "nonsense?", other.code, award.code]
    answer = program(["verify"]).post("/api/v1/verify", {"codes": codes})
    assert answer.status_code == 200
    results = answer.json["results"]
    assert [row["result"] for row in results] == ["unknown", "valid", "unknown", "revoked", "valid"]
    assert results[3]["revocation"]["reason"] == "misconduct"
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"codes": []}, 422),
        ({"codes": ["x"] * 101}, 422),
        ({"codes": [1]}, 422),
        ({"codes": [""]}, 422),
        ({"codes": ["x" * 201]}, 422),
        ({"codes": "x"}, 422),
        ({"codes": ["x"], "more": 1}, 422),
        ([], 422),
    ],
)
def test_what_is_no_list_of_codes_is_refused_in_words(program, body, status):
    answer = program().post("/api/v1/verify", body)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert answer.json["status"] == status
    assert answer.json["errors"]


def test_what_is_no_json_is_refused(program):
    client, headers = program().client, program().headers
    assert client.post("/api/v1/verify", data="{", content_type="application/json", headers=headers).status_code == 400
    assert client.post("/api/v1/verify", data="codes=x", headers=headers).status_code == 415
    deep = '{"codes":' + "[" * 5000 + "]" * 5000 + "}"
    assert client.post("/api/v1/verify", data=deep, content_type="application/json", headers=headers).status_code == 400


@pytest.mark.parametrize("token", ["", "ce_wrong", "x" * 5000])
def test_without_a_good_token_nothing_is_told(program, award, token):
    for answer in (
        program(token=token).post("/api/v1/verify", {"codes": [award.code]}),
        program(token=token).get(LIST),
        program(token=token).get(f"/api/v1/certificates/{award.code}/bundle"),
    ):
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert "Zoë" not in answer.text


def test_a_session_is_no_token(browser, make, board, award):
    browser.sign_in(make.board_member(board))
    assert browser.get(LIST).status_code == 401
    assert browser.client.post("/api/v1/verify", json={"codes": [award.code]}).status_code == 401


def test_a_token_does_only_what_it_was_made_for(program, award):
    assert program(["verify"]).get(LIST).status_code == 403
    assert program(["list"]).post("/api/v1/verify", {"codes": [award.code]}).status_code == 403


def test_a_withdrawn_token_opens_nothing(program, board, session, make, now):
    asking = program()
    token = session.scalars(select(Token)).one()
    withdraw_token(session, board, token.id, by=make.user().id, now=now)
    assert asking.get(LIST).status_code == 401


def test_the_day_of_use_is_written_down(program, session):
    program(["list"]).get(LIST)
    assert session.scalars(select(Token.last_used_on)).one() == datetime.now(UTC).date()


def test_a_board_lists_its_licensee_and_the_look_is_written_down(program, award, licensee, session):
    answer = program().get("/api/v1/certificates?number=lmft-471100&credential=LMFT")
    assert [row["certificate"]["code"] for row in answer.json["results"]] == [award.code]
    look = session.scalars(select(Look)).one()
    assert (look.about_id, look.outcome, look.kind) == (licensee.id, "allowed", "licensee")
    assert (look.user_id, look.token.name, look.board_id) == (None, "Renewals", look.token.board_id)


def test_a_licensee_reads_that_a_program_looked_and_by_which_token(program, award, licensee, browser):
    program().get("/api/v1/certificates?number=lmft-471100&credential=LMFT")
    page = browser.sign_in(licensee).get("/record/looks").text
    assert "A program of the board, through its token “Renewals”" in page


@pytest.mark.parametrize("values", [{"jurisdiction": "US-NY"}, {"professions": ["psychologist"]}])
def test_another_boards_licensee_is_nobody_and_the_try_is_written_down(program, make, award, session, values):
    answer = program(board=make.board(**values)).get(LIST)
    assert (answer.status_code, answer.json["results"]) == (200, [])
    assert session.scalars(select(Look.outcome)).one() == "refused"


def test_a_bundle_that_another_board_asked_for_is_refused_and_written_down(program, make, award, session):
    elsewhere = make.board(jurisdiction="US-NY")
    assert program(board=elsewhere).get(f"/api/v1/certificates/{award.code}/bundle").status_code == 404
    assert session.scalars(select(Look.outcome)).one() == "refused"


def test_a_day_bounds_the_list(program, award):
    ask = program()
    assert ask.get(f"{LIST}&since=2026-09-15").json["results"] == []
    assert len(ask.get(f"{LIST}&since=2026-09-14").json["results"]) == 1


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("", {"number"}),
        ("number=" + "1" * 41, {"number"}),
        ("number=--", {"number"}),
        ("number=1&since=2026-13-01", {"since"}),
        ("number=1&since=2026-W01-1", {"since"}),
        ("number=&since=", {"number", "since"}),
        ("number=1&credential=" + "x" * 21, {"credential"}),
    ],
)
def test_a_query_that_cannot_be_read_says_which_part(program, query, wrong):
    answer = program().get(f"/api/v1/certificates?{query}")
    assert (answer.status_code, set(answer.json["errors"])) == (422, wrong)


def test_what_a_holder_keeps_back_is_kept_back_from_all_but_the_board(program, award, licensee, session, now):
    set_disclosure(session, award, whole=False, by=licensee.id, now=now)
    ask = program()
    for answer in (
        ask.get(f"/api/v1/certificates/{award.code}").json,
        ask.post("/api/v1/verify", {"codes": [award.code]}).json["results"][0],
    ):
        assert (answer["disclosure"], answer["result"]) == ("match", "valid")
        assert not {"name", "licenses", "credits"} & set(answer["certificate"])
    (whole,) = ask.get(LIST).json["results"]
    assert (whole["disclosure"], whole["certificate"]["name"]) == ("full", licensee.name)


def test_a_bundle_is_for_the_board_it_names_and_for_whoever_holds_a_link(program, make, award, licensee, session, now):
    url = f"/api/v1/certificates/{award.code}/bundle"
    bundle = program().get(url).json
    assert {"credential", "did", "status_list", "log"} <= set(bundle)
    assert session.scalars(select(Look.kind)).one() == "certificate"
    assert program(board=make.board(jurisdiction="US-NY")).get(url).status_code == 404
    _, key = share_award(session, award, "A friend", 7, by=licensee.id, now=datetime.now(UTC))
    assert program(token="").get(f"{url}?k={key}").json["credential"] == bundle["credential"]
    assert program(token="").get(f"{url}?k=wrong").status_code == 404
    assert program().get("/api/v1/certificates/x/bundle").status_code == 404


def test_what_does_not_exist_is_told_to_programs_as_a_problem(program):
    answer = program().get("/api/v1/nothing")
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
    refused = program().client.delete("/api/v1/verify")
    assert (refused.status_code, set(refused.allow)) == (405, {"OPTIONS", "POST"})


@pytest.mark.parametrize("settings", [{"rate_limits": True}], indirect=True)
def test_made_up_tokens_are_counted_with_their_address(program, award):
    limiter.reset()
    url = f"/api/v1/certificates/{award.code}"
    assert [program(token=f"ce_{n}").get(url).status_code for n in range(121)] == [200] * 120 + [429]
    assert program().get(url).status_code == 200
    limiter.reset()


@pytest.mark.parametrize("settings", [{"rate_limits": True}], indirect=True)
def test_each_token_has_its_own_limit(program, award):
    limiter.reset()
    one, other = program(["verify"]), program(["verify"])
    answers = [one.post("/api/v1/verify", {"codes": ["x"]}).status_code for _ in range(121)]
    assert answers == [200] * 120 + [429]
    assert other.post("/api/v1/verify", {"codes": ["x"]}).status_code == 200
    limiter.reset()


@pytest.mark.parametrize("settings", [{"rate_limits": True}], indirect=True)
def test_guessing_tokens_is_limited(program):
    limiter.reset()
    answers = [program(token=f"ce_{n}").get(LIST).status_code for n in range(31)]
    assert answers == [401] * 30 + [429]
    limiter.reset()


def test_a_token_is_kept_as_a_hash(program, session):
    asking = program()
    text = asking.headers["Authorization"].split()[1]
    assert session.scalars(select(Token.token_sha256)).one() == hash_of(text)
    assert text.startswith("ce_")


def test_a_long_list_costs_as_many_statements_as_a_short_one(program, make, licensee, statements):
    ask = program()
    make.award(licensee)
    ask.get(LIST)  # the first use of a day is written down
    statements.clear()
    ask.get(LIST)
    one = len(statements)
    make.award(licensee)
    statements.clear()
    ask.get(LIST)
    assert len(statements) == one <= 20  # checked against log, ledger and revocation list, and written down


def test_many_codes_cost_as_many_statements_as_one(program, make, statements):
    ask, awards = program(["verify"]), [make.award().code for _ in range(3)]
    counts = []
    for codes in (awards[:1], [*awards, new_code(), "nonsense"]):
        statements.clear()
        answer = ask.post("/api/v1/verify", {"codes": codes})
        counts.append(len([one for one in statements if "tokens" not in one]))
    assert [row["result"] for row in answer.json["results"]] == ["valid"] * 3 + ["unknown"] * 2
    assert counts[0] == counts[1] <= 8


def test_a_database_that_does_not_answer_many_is_no_answer(program, award, monkeypatch):
    def fail(*_):
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr("lms.web.public.verify.standings_of", fail)
    answer = program().post("/api/v1/verify", {"codes": [award.code, "x"]})
    assert [row["result"] for row in answer.json["results"]] == ["cannot_check", "unknown"]


@pytest.mark.parametrize("settings", [{"rate_limits": True}], indirect=True)
def test_a_made_up_token_has_no_limit_of_its_own(program, award):
    limiter.reset()
    answers = [program(token=f"ce_{n}").get(f"/api/v1/certificates/{award.code}").status_code for n in range(121)]
    assert answers == [200] * 120 + [429]
    limiter.reset()
