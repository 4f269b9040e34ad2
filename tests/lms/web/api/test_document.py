"""The OpenAPI document says what is so: every route, every status, every answer."""

import re
from datetime import UTC, datetime

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from sqlalchemy.exc import OperationalError

from lms.awards.commands import revoke_award
from lms.awards.sharing import share_award
from lms.web.api.document import OPERATIONS
from lms.web.limits import limiter

EXAMPLES = 25


def test_every_route_of_the_api_is_in_the_document(app):
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/")
        for method in rule.methods & {"GET", "POST", "PUT", "PATCH", "DELETE"}
    }
    assert routes == {(operation.path, operation.method) for operation in OPERATIONS}


def test_the_document_is_public_and_names_us(browser):
    answer = browser.get("/api/openapi.json")
    assert answer.json["openapi"].startswith("3.1")
    assert answer.json["servers"] == [{"url": "http://localhost:8099"}]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_the_page_says_every_operation_and_needs_no_script(browser):
    page = browser.get("/api").text
    assert "<script" not in page
    for operation in OPERATIONS:
        assert operation.path in page
        assert operation.title.replace("'", "&#39;") in page


@pytest.fixture
def asked(program, award, licensee, session):
    """Requests for each operation, each with the status it is to have."""
    key = share_award(session, award, "A friend", 7, by=licensee.id, now=datetime.now(UTC))[1]
    one, listed, bundle = f"/api/v1/certificates/{award.code}", "/api/v1/certificates", "/bundle"
    whole, nobody, narrow = program(), program(token=""), program(["verify"])
    other = program(["list"])
    zero = "?x=%00"
    raw = {"content_type": "application/json", "headers": whole.headers}
    return {
        "verifyOne": [
            lambda: nobody.get(one),
            lambda: nobody.get(f"{listed}/x"),
            lambda: nobody.get(f"{one}{zero}"),
        ],
        "verifyMany": [
            lambda: whole.post("/api/v1/verify", {"codes": ["x"]}),
            lambda: whole.post("/api/v1/verify", {"codes": []}),
            lambda: whole.client.post("/api/v1/verify", data="{", **raw),
            lambda: whole.client.post("/api/v1/verify", data="x", headers=whole.headers),
            lambda: nobody.post("/api/v1/verify", {"codes": ["x"]}),
            lambda: other.post("/api/v1/verify", {"codes": ["x"]}),
        ],
        "listByLicense": [
            lambda: whole.get(f"{listed}?number=LMFT471100"),
            lambda: whole.get(listed),
            lambda: nobody.get(listed),
            lambda: narrow.get(listed),
            lambda: whole.get(listed + zero),
        ],
        "bundle": [
            lambda: nobody.get(f"{one}{bundle}?k={key}"),
            lambda: whole.get(f"{listed}/x{bundle}"),
            lambda: nobody.get(one + bundle),
            lambda: narrow.get(one + bundle),
            lambda: whole.get(one + bundle + zero),
        ],
        "revocations": [
            lambda: nobody.get("/api/v1/revocations"),
            lambda: nobody.get("/api/v1/revocations?size=x"),
            lambda: nobody.get("/api/v1/revocations" + zero),
        ],
        "revocationsFeed": [
            lambda: nobody.get("/api/v1/revocations.atom"),
            lambda: nobody.get("/api/v1/revocations.atom?size=x"),
            lambda: nobody.get("/api/v1/revocations.atom" + zero),
        ],
    }


def test_every_status_of_the_document_happens_and_no_other(asked):
    documented = {operation.name: set(operation.answers) - {429, 503} for operation in OPERATIONS}
    assert {name: {ask().status_code for ask in asks} for name, asks in asked.items()} == documented


@pytest.mark.parametrize("settings", [{"rate_limits": True}], indirect=True)
def test_every_operation_may_be_too_much(asked, monkeypatch):
    limiter.reset()
    monkeypatch.setattr(limiter.limiter, "hit", lambda *_, **__: False)
    for operation in OPERATIONS:
        answer = asked[operation.name][0]()
        assert (answer.status_code, answer.content_type) == (429, "application/problem+json")
        assert 429 in operation.answers
    limiter.reset()


def test_a_database_that_does_not_answer_is_no_answer(asked, monkeypatch):
    def fail(*_):
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr("lms.web.public.verify.standing_of", fail)
    answer = asked["verifyOne"][0]()
    assert (answer.status_code, answer.json["result"]) == (503, "cannot_check")


@pytest.mark.parametrize("operation", [operation.name for operation in OPERATIONS])
def test_nothing_that_may_be_sent_breaks_a_promise(operation, app, program, award, make, now):
    """schemathesis makes requests from the document, good ones and bad ones, and holds the answers against it."""
    revoked = make.award()
    revoke_award(make.session, revoked, reason="misconduct", note="x", by=make.user().id, seal=make.seal, now=now)
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", app)
    found = schema.find_operation_by_id(operation)
    headers = {**program().headers, "Accept-Encoding": "identity"}  # schemathesis unpacks nothing
    good, bad = (found.as_strategy(generation_mode=mode) for mode in GenerationMode)

    @given(case=good if operation == "verifyOne" else good | bad)  # any text may be a code
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case):
        case.call_and_validate(headers=headers)

    ask()
