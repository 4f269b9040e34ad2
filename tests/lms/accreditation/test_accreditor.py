"""Rules files: all of ours, and every way to break one."""

from datetime import date
from decimal import Decimal

import pytest

from lms.accreditation.accreditor import (
    ACCREDITORS,
    FOLDER,
    BadRules,
    Questions,
    read_accreditor,
    read_accreditors,
    unknown_placeholders,
)
from lms.accreditation.credit import method_title
from lms.errors import NotFound

TODAY = date(2026, 9, 14)
DEMO = (FOLDER / "DEMO.toml").read_text()


def broken(tmp_path, old, new):
    assert old in DEMO
    path = tmp_path / "BROKEN.toml"
    path.write_text(DEMO.replace(old, new))
    with pytest.raises(BadRules) as error:
        read_accreditor(path)
    return str(error.value)


def test_the_accreditors_of_the_domain_brief_are_there():
    names = {"APA", "ASWB_ACE", "NBCC", "NAADAC", "NASW", "NYSED", "CAMFT_CEPA", "ACCME_JA", "DEMO"}
    assert set(ACCREDITORS) == names


def test_only_the_demonstration_is_fictional():
    assert [code for code, accreditor in ACCREDITORS.items() if accreditor.fictional] == ["DEMO"]


@pytest.mark.parametrize("code", ACCREDITORS)
def test_every_rule_is_exact_and_says_how_far_it_is_verified(code):
    rules = ACCREDITORS[code].rules_on(TODAY)
    assert isinstance(rules.increment, Decimal)
    assert isinstance(rules.minimum, Decimal)
    assert rules.mark("increment") in {"V", "S", "K", "fictional"}
    assert rules.source
    assert all(map(method_title, rules.methods))


def test_figures_of_the_domain_brief():
    nasw = ACCREDITORS["NASW"].rules_on(TODAY)
    assert (nasw.increment, nasw.minimum, nasw.pass_mark) == (Decimal("0.5"), 1, 80)
    assert (nasw.max_true_false_share, nasw.max_reference_age_years) == (Decimal("0.10"), 10)
    assert (nasw.mark("pass_mark"), nasw.mark("retention_years")) == ("V", "K")
    assert ACCREDITORS["NYSED"].rules_on(TODAY).scale.hour_minutes == 50
    assert ACCREDITORS["APA"].rules_on(TODAY).max_attempts == 2
    assert ACCREDITORS["NBCC"].rules_on(TODAY).max_attempts is None


@pytest.mark.parametrize(("hours", "needed"), [("1", 10), ("1.5", 15), ("2", 15), ("2.5", 20), ("3", 20), ("0.5", 10)])
def test_questions_for_the_first_hour_and_each_further_one_begun(hours, needed):
    assert Questions(first_hour=10, further=5).needed(Decimal(hours)) == needed


def test_questions_per_credit_are_rounded_up():
    assert Questions(per_credit=10).needed(Decimal("0.75")) == 8
    assert Questions().needed(Decimal(3)) == 0


def test_the_rules_of_the_day_are_the_newest_that_have_begun(tmp_path):
    path = tmp_path / "TWO.toml"
    later = DEMO[DEMO.index("[[edition]]") :].replace("from = 2020-01-01", "from = 2027-01-01")
    path.write_text(f"{DEMO}\n{later.replace('pass_mark = 80', 'pass_mark = 90')}")
    both = read_accreditors(tmp_path)["TWO"]
    assert both.rules_on(date(2026, 12, 31)).pass_mark == 80
    assert both.rules_on(date(2027, 1, 1)).pass_mark == 90
    with pytest.raises(NotFound):
        both.rules_on(date(2019, 12, 31))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("pass_mark = 80", "pass_mark = 80\ncolour = 1", "the key colour is unknown"),
        ("pass_mark = 80", "", "the key pass_mark is missing"),
        ("pass_mark = 80", "pass_mark = 101", "pass_mark must be a percentage"),
        ("pass_mark = 80", "pass_mark = true", "pass_mark must be a whole number"),
        ("pass_mark = 80", "pass_mark = 0", "pass_mark must be a whole number above 0"),
        ("increment = 0.25", "increment = 0", "increment must be a number above 0"),
        ("minimum = 0.25", "minimum = 0.3", "minimum must be a multiple of increment"),
        ('"pilot"', '"guess"', "methods names guess"),
        ("methods = [", "methods = []\nold = [", "methods must be a list of texts"),
        ('unit = "demo hour"', 'unit = " "', "unit must be a text"),
        ("fictional = true", 'fictional = "yes"', "fictional must be true or false"),
        ("fictional = true", "fictional = true\nshiny = true", "the key shiny is unknown"),
        ("from = 2020-01-01", 'from = "2020"', "from must be a date"),
        ("[[edition]]", "[edition]", "edition must be one or more [[edition]]"),
        ("per_credit = 10", "per_hour = 10", "questions: the key first_hour is missing"),
        ("per_credit = 10", "per_credit = 10, further = 5", "questions: the key further is unknown"),
        ('rest = "fictional"', 'rest = "maybe"', "verified: rest must be one of"),
        ('rest = "fictional"', 'rest = "V", colour = "V"', "verified: the key colour is unknown"),
        ('rest = "fictional"', 'pass_mark = "V"', "verified: the key course_level_approval is missing"),
        ("{number}", "{n}", "statement has {n}"),
        ("pass_mark = 80", "pass_mark = 80\nmax_true_false_share = 1.5", "max_true_false_share must be a share"),
        ("title =", "title", "BROKEN.toml"),
    ],
)
def test_a_broken_file_is_named_with_its_key(tmp_path, old, new, said):
    message = broken(tmp_path, old, new)
    assert message.startswith("BROKEN.toml: ")
    assert said in message


def test_placeholders_of_a_statement():
    assert unknown_placeholders("{provider} {number} {hours} {unit} {from} {to}") == []
    assert unknown_placeholders("{n} and {provider.name} and {hours!r} and {hours:>9} and {}") == [
        "{n}", "{provider.name}", "{hours}", "{hours}", "{}",
    ]  # fmt: skip
    assert unknown_placeholders("{provider") == ["a brace without its pair"]
