"""What a holder opens and closes."""

from datetime import timedelta

import pytest

from lms.awards.answer import answer_of
from lms.awards.commands import reissue_award
from lms.awards.document import Holder
from lms.awards.sharing import (
    MOST_LINKS,
    find_shared,
    get_shared,
    is_whole,
    list_links,
    set_disclosure,
    share_award,
    withdraw_link,
)
from lms.awards.standing import standing_of
from lms.errors import Invalid, NotFound


@pytest.fixture
def award(make):
    return make.award()


@pytest.fixture
def share(session, award, now):
    def go(name="My employer", days=7):
        return share_award(session, award, name, days, by=1, now=now)

    return go


def test_a_link_opens_its_certificate_until_it_expires(session, award, share, make, now):
    link, token = share()
    assert token not in link.token_sha256
    assert get_shared(session, award.code, token, now=now) is award
    assert find_shared(session, make.award().code, token, now=now) is None
    assert find_shared(session, award.code, token, now=now + timedelta(days=7)) is None
    for wrong in ("", "x", token[:-1]):
        with pytest.raises(NotFound):
            get_shared(session, award.code, wrong, now=now)


def test_a_withdrawn_link_opens_nothing(session, award, share, make, now):
    link, token = share()
    with pytest.raises(NotFound):
        withdraw_link(session, make.award(), link.id, by=1, now=now)
    withdraw_link(session, award, link.id, by=1, now=now)
    assert find_shared(session, award.code, token, now=now) is None
    assert list_links(session, award.id) == [link]


@pytest.mark.parametrize(("name", "days", "field"), [("", 7, "name"), ("x" * 101, 7, "name"), ("x", 8, "days")])
def test_what_cannot_be_is_refused_beside_its_field(share, name, days, field):
    with pytest.raises(Invalid) as refused:
        share(name, days)
    assert set(refused.value.problems) == {field}


def test_there_is_an_end_to_open_links(share):
    for _ in range(MOST_LINKS):
        share()
    with pytest.raises(Invalid):
        share()


def test_the_level_is_kept_and_a_correction_inherits_it(session, award, make, now):
    assert is_whole(session, award)
    set_disclosure(session, award, whole=False, by=1, now=now)
    set_disclosure(session, award, whole=False, by=1, now=now)
    by = make.user().id
    corrected = reissue_award(session, award, Holder("New", []), note="x", by=by, seal=make.seal, now=now)
    assert not is_whole(session, corrected)
    assert standing_of(session, award.code, make.seal).withheld
    set_disclosure(session, corrected, whole=True, by=1, now=now)
    assert is_whole(session, award)


def test_the_answer_keeps_back_what_the_holder_does(session, award, make, now):
    set_disclosure(session, award, whole=False, by=1, now=now)
    standing = standing_of(session, award.code, make.seal)
    told = answer_of(standing, award.code, public_url="https://x.example", now=now)
    assert (told["result"], told["disclosure"]) == ("valid", "match")
    assert not {"name", "licenses", "credits", "authors"} & set(told["certificate"])
    whole = answer_of(standing, award.code, public_url="https://x.example", now=now, whole=True)
    assert whole["certificate"].items() > told["certificate"].items()
