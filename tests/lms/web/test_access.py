"""Every route × every role: a route without its row fails here."""

from importlib import import_module
from pkgutil import iter_modules

import pytest

from lms.files import Shelf
from tests.lms.web import access
from tests.lms.web.access import world as worlds
from tests.lms.web.access.row import ROLES, Row

FILES = [info.name for info in iter_modules(access.__path__) if info.name not in ("row", "world")]
ROWS: dict[str, Row] = {}
for name in FILES:
    ROWS.update(import_module(f"{access.__name__}.{name}").ROWS)


def test_every_route_has_its_rows(app):
    """An endpoint that takes both GET and POST may give its POST row the key `endpoint POST`."""
    missing = set()
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        for method in rule.methods & {"GET", "POST"}:
            if not {rule.endpoint, f"{rule.endpoint} {method}"} & {
                key for key, row in ROWS.items() if row.method == method
            }:
                missing.add(f"{rule.endpoint} {method}")
    assert not missing


def test_no_row_is_left_over(app):
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert not {key for key in ROWS if key.split()[0] not in endpoints}


@pytest.mark.parametrize("role", sorted(ROLES))
def test_only_those_may_who_should(role, make, browser, session, settings):
    """One world per role; what a POST changes is undone before the next row."""
    world = worlds.build(make, Shelf(settings.media_url))
    if world.people[role] is not None:
        browser.sign_in(world.people[role])
    wrong = []
    for key, row in sorted(ROWS.items()):
        undo = session.connection().begin_nested()
        with browser.client.session_transaction() as cookies:
            before = dict(cookies)
        url = row.url.format(**world.names)
        answer = browser.post(url, row.data) if row.method == "POST" else browser.get(url)
        denied = answer.status_code in (401, 403, 404) or (
            answer.status_code in (302, 303) and "/account/login" in answer.location
        )
        if answer.status_code in (405, 500) or denied == (role in row.allowed):
            wrong.append((key, answer.status_code))
        undo.rollback()
        session.expire_all()
        with browser.client.session_transaction() as cookies:  # signing out is undone too
            cookies.clear()
            cookies.update(before)
    assert not wrong


def test_no_route_takes_a_post_without_the_token(app):
    app.config["WTF_CSRF_ENABLED"] = True
    for rule in app.url_map.iter_rules():
        if "POST" in rule.methods:
            values = dict.fromkeys(rule.arguments, "1")
            with app.test_request_context():
                url = app.url_map.bind("localhost").build(rule.endpoint, values)
            # A program shows another token, one that no browser sends by itself.
            refused = 401 if rule.endpoint.startswith("api.") else 400
            assert app.test_client().post(url).status_code == refused, rule
