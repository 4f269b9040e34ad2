"""The guides are read by people who cannot check them: here they are held against the code."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from werkzeug.exceptions import NotFound

from lms.accreditation.accreditor import ACCREDITORS
from lms.accreditation.credit import Scale, Work, calculate
from lms.accreditation.gate import MEASURABLE, is_measurable
from lms.accreditation.queries import WARNING_DAYS
from lms.assessments.question import QUESTIONS
from lms.awards.queries import State
from lms.config import VARIABLES
from lms.terms import REVOCATION_REASONS
from lms.web.limits import MISSES
from lms.web.public.guides import FOLDER, GROUPS, read_guide
from lms.web.public.verify import HEADLINES

ROOT = Path(__file__).parents[4]
SLUGS = [slug for slugs in GROUPS.values() for slug in slugs]


def source(slug):
    return (FOLDER / f"{slug}.md").read_text()


def rows(text):
    """The cells of every table line but the ruler."""
    lines = [line for line in text.splitlines() if re.match(r"\|(?! ?---)", line)]
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines]


def test_every_file_is_a_page_of_one_group():
    assert sorted(SLUGS) == sorted(path.stem for path in FOLDER.glob("*"))


def test_the_list_leads_to_every_guide(browser):
    page = browser.get("/help").text
    assert all(f'href="/help/{slug}"' in page for slug in SLUGS)
    assert "first-hint" not in page


@pytest.mark.parametrize("slug", SLUGS)
def test_a_guide_is_short_has_a_lead_and_no_warning_in_it(browser, slug):
    answer = browser.get(f"/help/{slug}")
    guide = read_guide(slug)
    assert answer.status_code == 200
    assert guide.title in answer.text
    assert guide.lead.endswith(".")
    assert len(source(slug).split()) < 700
    assert "!" not in re.sub(r"`[^`]*`", "", source(slug))


def test_an_unknown_guide_is_not_found(browser):
    assert browser.get("/help/nothing").status_code == 404
    assert browser.get("/help/..%2F..%2FREADME").status_code == 404


@pytest.mark.parametrize("slug", SLUGS)
def test_what_a_guide_links_to_exists(app, slug):
    adapter = app.url_map.bind("localhost")
    for url in re.findall(r"\]\((/[^)#]*)\)", source(slug)):
        try:
            _, values = adapter.match(url)
        except NotFound:
            pytest.fail(f"{slug}: {url}")
        assert values.get("slug", "credit") in SLUGS, url


def test_templates_name_only_guides_that_exist():
    used = {
        slug
        for path in ROOT.glob("templates/**/*.html")
        for slug in re.findall(r'ui\.how\([^)]*, "(\w+)"\)', path.read_text())
    }
    assert (
        {"credit", "license", "tests", "name", "verify", "items", "objectives", "gate", "operation"} <= used <= {*SLUGS}
    )


def test_the_worked_example_is_what_the_code_computes():
    work = Work(6600, 0, 10, Decimal(3))
    quarter = Scale(60, Decimal("0.25"), Decimal("0.25"))
    for method in ("word_rate:6000", "mergener"):
        assert calculate(method, work, quarter).explanation in source("credit")
    assert not calculate("mergener", work, Scale(60, Decimal("0.25"), Decimal(1))).hours


def test_what_is_said_of_accreditors_is_so():
    rules = {code: accreditor.rules_on(date(2026, 11, 21)) for code, accreditor in ACCREDITORS.items()}
    assert {code for code, rule in rules.items() if rule.hour_minutes != 60} == {"NYSED"}
    assert rules["NYSED"].hour_minutes == 50
    assert any(rule.daily_cap_hours for rule in rules.values())
    assert f"From {WARNING_DAYS} days" in source("approvals")


def test_the_objectives_shown_as_good_pass_the_gate_and_the_others_do_not():
    examples = rows(source("objectives"))[1:]
    assert len(examples) >= 4
    assert all(is_measurable(good) and not is_measurable(bad) for bad, good in examples)
    verbs = re.search(r"Good verbs to begin with: ([^.]+)\.", source("objectives"))[1].split(", ")
    assert set(verbs) <= MEASURABLE
    assert 140 <= len(MEASURABLE) <= 160


def test_the_kinds_of_questions_are_those_there_are():
    numbers = {2: "two", 3: "three", 4: "four", 6: "six", 8: "eight"}
    told = {name: options for name, options, _ in rows(source("items"))[1:]}
    assert set(told) == {kind.title for kind in QUESTIONS.values()}
    for kind in QUESTIONS.values():
        assert numbers[kind.fewest] in told[kind.title]
        assert numbers[kind.most] in told[kind.title]


def test_boards_are_told_every_state_and_the_real_limits():
    assert [row[0] for row in rows(source("verify"))[1:]] == [HEADLINES[state] for state in State.__args__]
    assert re.findall(r"\d+", MISSES) == ["30", "300"]
    assert "30 a minute and 300 an hour" in source("verify")


def test_managers_are_told_every_reason():
    reasons = [words.lower() for code, words in REVOCATION_REASONS.items() if code != "replaced"]
    assert ", ".join(reasons) in source("corrections")


def test_operators_are_told_only_of_settings_that_exist():
    named = set(re.findall(r"`([A-Z][A-Z_]+)(?:=\S+)?`", source("operation")))
    assert {"PUBLIC_URL", "LMS_DATA_DIR", "SMTP_URL"} <= named <= {name for name, _, _ in VARIABLES}


def test_the_glossary_explains_the_words_of_the_readme_to_those_who_do_not_build_it():
    readme = (ROOT / "README.md").read_text().partition("## Glossary")[2].partition("\n## ")[0]
    told = dict(rows(source("glossary")))
    assert list(told) == [word for word, _ in rows(readme)], "explain each word of README.md in lms/help/glossary.md"
    ours = re.compile(r"\b(row|append-only|frozen|database|server|transaction|worker|bank|Open Badges|ledger of)\b")
    assert not [word for word, meaning in told.items() if ours.search(meaning)]


def test_the_keyboard_guide_names_what_the_pages_offer():
    told = {cell for row in rows(source("keyboard")) for cell in row}
    for page in ("lesson", "test"):
        text = (ROOT / f"templates/learner/{page}.html").read_text()
        keys = re.findall(r'\("([^"]+)", "[^"]+"\)', re.search(r"ui\.shortcuts\(\[(.+)\]\)", text)[1])
        assert keys
        assert set(keys) <= told
