"""The holder's page of sharing."""

import html
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from lms.awards.commands import revoke_award
from lms.awards.models import ShareLink


@pytest.fixture
def award(make):
    user = make.user(name="Zoë O’Brien")
    make.license(user, number="LMFT471100")
    return make.award(user)


@pytest.fixture
def holder(browser, award):
    return browser.sign_in(award.completion.enrollment.user)


def url(award):
    return f"/record/certificates/{award.code}/sharing"


def test_a_link_is_shown_once_and_opens_the_bundle(holder, award):
    answer = holder.post(url(award), {"name": "My employer", "days": "30"})
    assert answer.headers["Cache-Control"] == "no-store"
    key = re.search(r"bundle\.json\?k=([\w-]+)", answer.text).group(1)
    bundle = holder.app.test_client().get(f"/c/{award.code}/bundle.json?k={key}")
    assert {"credential", "did", "status_list", "log"} <= set(bundle.json)
    page = holder.get(url(award)).text
    assert "My employer" in page
    assert key not in page


def test_a_withdrawn_link_opens_nothing(holder, award, session):
    answer = holder.post(url(award), {"name": "My employer", "days": "30"})
    key = re.search(r"bundle\.json\?k=([\w-]+)", answer.text).group(1)
    link = session.scalars(select(ShareLink)).one()
    assert holder.post(f"{url(award)}/{link.id}/withdraw").status_code == 303
    assert holder.get(f"/c/{award.code}/bundle.json?k={key}").status_code == 404
    assert "Withdrawn" in holder.get(url(award)).text


def test_a_refusal_keeps_what_was_typed(holder, award):
    answer = holder.post(url(award), {"name": "My employer", "days": "9"})
    assert answer.status_code == 422
    assert 'value="My employer"' in answer.text


def test_the_level_is_chosen_and_says_when_a_link_is_needed(holder, award):
    assert "so most people need no link" in holder.get(url(award)).text
    assert holder.post(f"{url(award)}/level", {"level": "match"}).status_code == 303
    assert "Zoë" not in holder.get(f"/c/{award.code}").text
    assert re.search(r'checked[^>]*value="match"', holder.get(url(award)).text)
    assert "The public page keeps most of it back." in holder.get(url(award)).text
    holder.post(f"{url(award)}/level", {"level": "full"})
    assert "Zoë" in holder.get(f"/c/{award.code}").text
    assert holder.post(f"{url(award)}/level", {"level": "nothing"}).status_code == 422


def test_linkedin_gets_a_plain_link_filled_in(holder, award):
    page = holder.get(url(award)).text
    link = urlsplit(html.unescape(re.search(r'href="(https://www\.linkedin\.com[^"]+)"', page).group(1)))
    said = {name: values[0] for name, values in parse_qs(link.query).items()}
    assert link.path == "/profile/add"
    assert said["startTask"] == "CERTIFICATION_NAME"
    assert (said["issueYear"], said["issueMonth"]) == ("2026", "9")
    assert said["certUrl"].endswith(f"/c/{award.code}")


def test_what_is_revoked_is_not_offered_to_linkedin(holder, award, make, now):
    revoke_award(make.session, award, reason="misconduct", note="x", by=make.user().id, seal=make.seal, now=now)
    assert "linkedin.com" not in holder.get(url(award)).text


def test_somebody_elses_certificate_is_not_there(browser, award, make):
    browser.sign_in(make.user())
    assert browser.get(url(award)).status_code == 404
    assert browser.post(f"{url(award)}/level", {"level": "match"}).status_code == 404
    assert browser.post(f"{url(award)}/1/withdraw").status_code == 404


def test_many_links_cost_no_more(holder, award, statements):
    holder.post(url(award), {"name": "One", "days": "7"})
    statements.clear()
    holder.get(url(award))
    few = len(statements)
    for _ in range(3):
        holder.post(url(award), {"name": "More", "days": "7"})
    statements.clear()
    holder.get(url(award))
    assert len(statements) == few <= 8
