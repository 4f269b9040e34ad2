"""A manager's approvals."""

from datetime import UTC, datetime, timedelta

import pytest

from lms.accreditation.queries import list_approvals


@pytest.fixture
def provider(make):
    return make.provider(name="House of Learning")


@pytest.fixture
def manager(browser, make, provider):
    return browser.sign_in(make.member(provider, "manager"))


@pytest.fixture
def url(provider):
    return f"/workshop/providers/{provider.slug}/approvals"


SENT = {
    "number": "DEMO-42",
    "formats": ["self_paced"],
    "professions": ["mft", "counselor"],
    "valid_from": "2026-01-01",
    "valid_to": "2027-12-31",
    "statement": "{provider} may teach, number {number}.",
}


def test_an_approval_is_recorded(manager, url, session, provider):
    assert "No approvals yet" in manager.get(url).text
    answer = manager.post(f"{url}/new/DEMO", SENT)
    assert (answer.status_code, answer.location) == (303, url)
    (approval,) = list_approvals(session, provider.id)
    assert (approval.number, approval.professions) == ("DEMO-42", ["mft", "counselor"])
    assert "DEMO-42" in manager.get(url).text


def test_the_form_proposes_the_statement_and_says_what_is_verified(manager, url):
    page = manager.get(f"{url}/new/NASW").text
    assert "This program is Approved by the National Association of Social Workers" in page
    assert "Read in the accreditor&#39;s own text" in page
    assert "From general knowledge, not verified" in page
    assert "10 for the first hour, 5 for each further one begun" in page
    assert "A fictional accreditor" not in page
    assert "A fictional accreditor" in manager.get(f"{url}/new/DEMO").text


@pytest.mark.parametrize(
    "code", ["APA", "ASWB_ACE", "NBCC", "NAADAC", "NASW", "NYSED", "CAMFT_CEPA", "ACCME_JA", "DEMO"]
)
def test_every_accreditor_has_its_form(manager, url, code):
    assert manager.get(f"{url}/new/{code}").status_code == 200


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"number": ""}, "Give the number"),
        ({"professions": []}, "Choose at least one profession"),
        ({"formats": []}, "Choose at least one format"),
        ({"valid_to": "2025-12-31"}, "An approval ends after it begins"),
        ({"valid_from": "soon"}, "Not a valid date"),
        ({"statement": "{provider} and {colour}"}, "Nothing is known of {colour}"),
        ({"statement": "{provider} of [state]"}, "Replace what stands in square brackets"),
    ],
)
def test_nonsense_is_refused_and_kept(manager, url, session, provider, changes, said):
    answer = manager.post(f"{url}/new/DEMO", {**SENT, **changes})
    assert answer.status_code == 422
    assert said in answer.text
    kept = {**SENT, **changes}
    assert kept["statement"] in answer.text
    assert f'value="{kept["valid_from"]}"' in answer.text
    assert not list_approvals(session, provider.id)


def test_an_accreditor_nobody_knows_is_not_found(manager, url):
    assert manager.get(f"{url}/new/NOBODY").status_code == 404


def test_each_state_is_told(manager, url, make, provider):
    today = datetime.now(UTC).date()
    for number, (begin, end) in enumerate(((-900, -1), (-10, 10), (-10, 500), (10, 500))):
        dates = {"valid_from": today + timedelta(days=begin), "valid_to": today + timedelta(days=end)}
        make.approval(provider, number=f"N{number}", **dates)
    page = manager.get(url).text
    for words in ("Expired on", "Expires in 10 days", "Active", "Not yet: begins on"):
        assert words in page
    assert page.count("/withdraw") == 3


def test_withdrawing(manager, url, make, provider, session):
    approval = make.approval(provider, valid_to=datetime.now(UTC).date() + timedelta(days=90))
    address = f"{url}/{approval.id}/withdraw"
    assert "Certificates issued before stay valid" in manager.get(address).text
    answer = manager.post(address, {"day": "2020-01-01"})
    assert answer.status_code == 422
    assert "not retroactive" in answer.text
    assert 'value="2020-01-01"' in answer.text
    assert manager.post(address, {"day": str(datetime.now(UTC).date())}).status_code == 303
    assert "Withdrawn from" in manager.get(url).text
    assert manager.post(address, {"day": str(datetime.now(UTC).date())}).status_code == 422


def test_another_providers_approvals_are_not_found(manager, make, url, provider):
    other = make.provider()
    foreign = make.approval(other)
    for address in (
        f"/workshop/providers/{other.slug}/approvals",
        f"/workshop/providers/{other.slug}/approvals/new/DEMO",
        f"/workshop/providers/{other.slug}/approvals/{foreign.id}/withdraw",
        f"{url}/{foreign.id}/withdraw",
    ):
        assert manager.get(address).status_code == 404


@pytest.mark.parametrize("role", ["author", "reviewer"])
def test_only_managers(browser, make, provider, url, role):
    assert browser.sign_in(make.member(provider, role)).get(url).status_code == 404


def test_few_statements(manager, url, make, provider, statements):
    statements.clear()
    manager.get(url)
    few = len(statements)
    for number in range(10):
        make.approval(provider, number=f"N{number}")
    statements.clear()
    manager.get(url)
    assert len(statements) == few <= 8
