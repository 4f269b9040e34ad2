"""Finding modules by words: the same on both databases, and never an error."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.modules.search import index_module, search_modules

TEXTS = {
    "title": ("Telehealth and the law", "Where the client is.", "Consent, licenses, platforms. " * 500),
    "summary": ("Working at a distance", "Telehealth. Telehealth? Telehealth.", "Rooms."),
    "body": ("Boundaries", "Gifts and friendships.", "A chapter on telehealth. " + "Telehealth again. " * 50),
    "other": ("Burnout", "When work wears you down.", "Exhaustion, cynicism; Müller’s café; 988."),
}


@pytest.fixture
def ids(session, make):
    made = {}
    for name, (title, summary, body) in TEXTS.items():
        made[name] = make.edition().module_id
        index_module(session, made[name], title=title, summary=summary, body=body)
    return made


@pytest.fixture
def found(session, ids):
    names = {module_id: name for name, module_id in ids.items()}
    return lambda words: [names[module_id] for module_id in search_modules(session, words)]


def test_the_title_weighs_most_then_the_summary(found):
    assert found("telehealth") == ["title", "summary", "body"]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("burnout", ["other"]),
        ("BURNOUT", ["other"]),
        ("burn", ["other"]),
        ("burnout exhau", ["other"]),
        ("exhau burnout", []),
        ("burnout telehealth", []),
        ("the burnout", ["other"]),
        ("law of telehealth", ["title"]),
        ("license", ["title"]),
        ("boundary", ["body"]),
        ("muller cafe", ["other"]),
        ("Müller’s CAFÉ", ["other"]),
        ("988", ["other"]),
        ("the", []),
        ("", []),
        ("   ", []),
        ('"burnout"', ["other"]),
        ("burnout OR", ["other"]),
        ("burnout*", ["other"]),
        ("-burnout", ["other"]),
        ("title:burnout", []),
        ("burnout)", ["other"]),
        ("burnout\0", ["other"]),
        ("burnout & | ! <-> :*", ["other"]),
        ("🙂", []),
    ],
)
def test_what_is_found(found, words, names):
    assert found(words) == names


def test_indexing_again_replaces(session, ids, found):
    index_module(session, ids["other"], title="Grief", summary="", body="")
    assert found("burnout") == []
    assert found("grief") == ["other"]


@pytest.mark.usefixtures("ids")
def test_no_input_is_an_error(session):
    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.one_of(st.text(max_size=60), st.text(alphabet="\"'*():^-+&|!<>{}[]\\ %_~,.;AND OR NOT NEAR\0", max_size=40))
    )
    def search(words):
        search_modules(session, words)

    search()


def test_any_text_can_be_indexed(session, make):
    module_id = make.edition().module_id

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.text(max_size=80))
    def index(words):
        index_module(session, module_id, title=words, summary=words, body=words)

    index()
