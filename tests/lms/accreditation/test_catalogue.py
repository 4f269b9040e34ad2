"""What the catalogue lists, and what it leaves out."""

from datetime import date, timedelta

import pytest

from lms.accreditation.catalogue import (
    Filters,
    find_modules,
    get_offer,
    list_calculations,
    list_teaching_providers,
)
from lms.accreditation.queries import list_creditable
from lms.errors import NotFound
from lms.modules.search import index_module

TODAY = date(2026, 9, 14)


def titles(session, day=TODAY, **filters):
    found = find_modules(session, Filters(**filters), day=day, limit=20)
    return [listed.edition.title for listed in found.modules]


def test_only_published_modules_that_are_not_withdrawn(session, make, now):
    make.draft(title="Draft")
    make.edition(title="Here")
    make.edition(title="Gone").module.withdrawn_at = now
    assert titles(session) == ["Here"]


def test_the_latest_published_edition_counts(session, make):
    first = make.edition(title="First")
    make.edition(first.module.provider, module=first.module, title="Second")
    make.draft(first.module.provider, module=first.module, title="Third, not published")
    assert titles(session) == ["Second"]
    assert get_offer(session, first.module.slug, day=TODAY).edition.number == 2


def test_expired_ones_come_last_and_earn_nothing(session, make):
    make.edition(title="Last day", expires_on=TODAY)
    make.edition(title="Expired", expires_on=TODAY - timedelta(days=1))
    found = find_modules(session, Filters(), day=TODAY, limit=20).modules
    assert [(row.edition.title, row.expired, len(row.credits)) for row in found] == [
        ("Last day", False, 1),
        ("Expired", True, 0),
    ]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"topic": "ethics"}, {"Ethics"}),
        ({"topic": "telehealth"}, {"Ethics"}),
        ({"topic": "general"}, {"Long"}),
        ({"profession": "social_worker"}, {"Long"}),
        ({"profession": "mft"}, {"Ethics", "Long"}),
        ({"level": "advanced"}, {"Long"}),
        ({"provider": "second"}, {"Long"}),
        ({"minutes": "30"}, {"Ethics"}),
        ({"minutes": "90"}, {"Ethics"}),
        ({"credits": "any"}, {"Ethics", "Long"}),
        ({"credits": "under-1"}, {"Ethics"}),
        ({"credits": "1-2"}, set()),
        ({"credits": "over-2"}, {"Long"}),
        ({"credits": "none"}, set()),
        ({"credits": "any", "topic": "ethics", "level": "beginning", "profession": "mft"}, {"Ethics"}),
        ({"topic": "ethics", "level": "advanced"}, set()),
        ({"topic": "no such_topic%"}, set()),
        ({"credits": "?", "minutes": "?"}, {"Ethics", "Long"}),
    ],
)
def test_filters_combine(session, make, filters, expected):
    make.edition(
        title="Ethics",
        hours="0.50",
        words=3000,
        audience=["mft"],
        also_qualifies=["telehealth"],
        topics={"ethics": "0.50"},
    )
    make.edition(
        make.provider(slug="second"), title="Long", hours="10.00", words=60000, level="advanced",
        audience=["mft", "social_worker"], topics={"general": "10.00"},
    )  # fmt: skip
    assert set(titles(session, **filters)) == expected


@pytest.mark.parametrize(
    "approval",
    [
        {"valid_to": date(2026, 9, 13)},
        {"valid_from": date(2026, 9, 15)},
        {"withdrawn_on": TODAY},
        {"formats": ["live_webinar"]},
        {"professions": ["educational_psychologist"]},
        {"accreditor": "NBCC"},
    ],
)
def test_credit_is_said_as_it_would_be_given(session, make, approval):
    provider = make.provider()
    make.approval(provider, **approval)
    edition = make.edition(provider)
    (listed,) = find_modules(session, Filters(credits="none"), day=TODAY, limit=20).modules
    assert not listed.credits
    assert not list_creditable(session, edition, day=TODAY)
    assert not titles(session, credits="any")


def test_words_find_and_rank(session, make):
    for title in ("Sleep", "Grief and sleep", "Grief"):
        edition = make.edition(title=title)
        index_module(session, edition.module_id, title=title, summary="", body="Sleep well.")
    assert set(titles(session, words="grief")) == {"Grief", "Grief and sleep"}
    assert titles(session, words="sleep")[2:] == ["Grief"]
    assert titles(session, words="nothing") == []
    assert set(titles(session, words=" ")) == {"Sleep", "Grief and sleep", "Grief"}


def test_modules_come_in_the_order_asked_for(session, make):
    """Shortest by what reading and watching take together, what takes as long by its age; expired ones last."""
    for title, words, seconds, expires in (
        ("Text", 1000, 0, None),
        ("Short", 999, 0, None),
        ("Film", 300, 420, None),
        ("Long", 9000, 0, None),
        ("Hint", 1, 0, TODAY),
        ("Bygone", 0, 0, TODAY - timedelta(days=1)),
    ):
        edition = make.edition(title=title, words=words, media_seconds=seconds, expires_on=expires)
        index_module(session, edition.module_id, title=title, summary="", body="Sleep." * (2 if title == "Long" else 1))
    newest = ["Hint", "Long", "Film", "Short", "Text", "Bygone"]
    shortest = ["Hint", "Short", "Film", "Text", "Long", "Bygone"]
    for words in ("", "sleep", "free"):
        assert titles(session, words=words, order="newest") == newest
        assert titles(session, words=words, order="shortest") == shortest
    assert titles(session, words="sleep")[0] == "Long"
    assert titles(session, words="sleep", order="no such") == titles(session, words="sleep")
    assert titles(session, order="no such") == titles(session) == newest
    assert titles(session, minutes="30", credits="any", order="shortest") == shortest[:4]
    part = find_modules(session, Filters(order="shortest"), day=TODAY, limit=2, offset=2)
    assert (part.total, [listed.edition.title for listed in part.modules]) == (6, shortest[2:4])


def test_wishes_between_the_words_filter(session, make):
    make.edition(title="Short", hours="0.50", words=3000, audience=["mft"], cost="$20")
    make.edition(title="Long", hours="1.50", words=9000, audience=["mft", "social_worker"], cost="No charge")
    make.edition(title="Slow reading", hours="0.25", words=3100, audience=["counselor"], cost="Free of charge")
    assert set(titles(session, words="30 minutes")) == {"Short", "Slow reading"}
    assert set(titles(session, words="half an hour, LMFT")) == {"Short"}
    assert set(titles(session, words="1.5 h")) == {"Long"}
    assert set(titles(session, words="free")) == {"Long", "Slow reading"}
    assert set(titles(session, words="for social workers")) == {"Long"}
    assert set(titles(session, words="LMFT", level="advanced")) == set()


def test_a_wish_that_nothing_meets_is_left_out_and_said(session, make):
    edition = make.edition(title="Grief", hours="1.00", words=6000, audience=["mft"], cost="$20")
    index_module(session, edition.module_id, title="Grief")
    found = find_modules(session, Filters(words="free grief 5 hours LMFT"), day=TODAY, limit=20)
    assert [row.edition.title for row in found.modules] == ["Grief"]
    assert found.understood == ("for marriage and family therapists",)
    assert found.unmet == ("about 5 hours", "free of charge")


def test_how_words_were_corrected_is_said(session, make):
    edition = make.edition(title="Suicide risk")
    index_module(session, edition.module_id, title="Suicide risk")
    found = find_modules(session, Filters(words="suicde"), day=TODAY, limit=20)
    assert (found.total, found.corrected) == (1, "suicide")
    assert find_modules(session, Filters(words="risk zebra"), day=TODAY, limit=20).shorter == ("risk",)
    assert find_modules(session, Filters(words="the"), day=TODAY, limit=20).total == 0


def test_pages_and_statements_do_not_grow(session, make, statements):
    provider = make.provider()
    for _ in range(7):
        make.edition(provider)
    session.expunge_all()
    statements.clear()
    found = find_modules(session, Filters(), day=TODAY, limit=3, offset=6)
    assert (found.total, len(found.modules)) == (7, 1)
    assert [row.edition.module.provider.name for row in found.modules] == [provider.name]
    assert len(statements) == 3
    assert find_modules(session, Filters(), day=TODAY, limit=3, offset=9).modules == ()


def test_an_offer_knows_the_post_test(session, make):
    offer = get_offer(session, make.edition(objectives=3, quiz={"pass_mark": 90}).module.slug, day=TODAY)
    assert (offer.quiz.pass_mark, offer.questions, offer.expired) == (90, 6, False)


def test_there_is_no_offer_of_a_draft(session, make):
    with pytest.raises(NotFound):
        get_offer(session, make.draft().module.slug, day=TODAY)


def test_providers_who_teach(session, make):
    make.edition(make.provider(name="Zed", slug="zed"))
    make.edition(make.provider(name="Abe", slug="abe"))
    make.draft(make.provider(name="Nobody"))
    assert list_teaching_providers(session) == [("abe", "Abe"), ("zed", "Zed")]


def test_how_the_credit_was_found(session, make):
    (row,) = list_calculations(session, make.edition().id)
    assert (row.accreditor, row.method) == ("DEMO", "word_rate:6000")
