"""What a draft still lacks before it may be published: every requirement, met or not; pure but for one reading.

The list follows the publish gate of the domain brief: general requirements for every edition, and for each
accreditor that the authors calculated credit with, those of its rules in force on the day.
"""

import math
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from lms import terms
from lms.accreditation.accreditor import Accreditor, Rules
from lms.accreditation.credit import Calculation, calculate, hours_text
from lms.accreditation.models import CreditCalculation
from lms.accreditation.queries import Claim, Dossier, day_text, get_dossier, status_of, work_of
from lms.assessments.models import Item
from lms.assessments.question import question_of
from lms.errors import Invalid, NotFound
from lms.modules.commands import REVIEW_MONTHS, add_months
from lms.modules.models import Edition

FIELDS = (
    "details", "objectives", "lessons", "contributors", "references", "items", "quiz", "credit", "dates",
    "provider", "approval", "review",
)  # fmt: skip
"""Where a requirement is mended; the author's pages turn each into a link."""

AUTHORS_FIELDS = frozenset(FIELDS) - {"provider", "approval", "review"}
"""What authors mend themselves, before they hand a draft in."""

FEWEST_OBJECTIVES = 3
RECENT_YEARS = 10
BANK_FACTOR = Decimal("1.5")

# Verbs whose doing can be seen (Bloom's taxonomy, revised); "understand" and "know" cannot.
_VERBS = """
    adapt administer analyze apply appraise arrange articulate assemble assess assist balance build calculate
    categorize check choose cite clarify classify collect combine communicate compare compile complete compose
    compute conduct construct contrast convert create critique debate decide define delineate demonstrate
    describe design detect determine develop devise diagnose diagram differentiate discriminate discuss
    dispute distinguish document draft draw employ establish estimate evaluate examine execute explain express
    facilitate formulate generate give group identify illustrate implement incorporate integrate interpret
    interview justify label lead link list locate manage map match measure model modify monitor name negotiate
    obtain operate order organize outline paraphrase perform plan practice predict prepare prescribe present
    prioritize propose provide question rank rate recall recite recognize recommend record reframe relate
    repair rephrase report resolve respond restate revise rewrite role-play schedule score screen select
    separate set show sketch solve sort specify state structure suggest summarize support synthesize teach
    tell test trace track translate use utilize validate verify weigh write
"""
MEASURABLE = frozenset(_VERBS.split())


@dataclass(frozen=True, slots=True)
class Unmet:
    """What is missing, in words a person can act on; where to mend it; the accreditor whose rule it is, by title."""

    requirement: str
    field: str
    accreditor: str | None


@dataclass(frozen=True, slots=True)
class Check:
    """A requirement: `title` says what is asked, `problem` what is missing, or nothing when it is met."""

    title: str
    field: str
    problem: str = ""
    accreditor: str | None = None


@dataclass(frozen=True, slots=True)
class Sum:
    """An accreditor's credit as it comes out today; `problem` says why there is none."""

    claim: Claim
    row: CreditCalculation
    rules: Rules | None
    now: Calculation | None
    problem: str = ""

    @property
    def accreditor(self) -> Accreditor:
        """Whose credit it is."""
        return self.claim.accreditor

    @property
    def hours(self) -> Decimal:
        """The hours, 0 when there is a problem."""
        return self.now.hours if self.now else Decimal(0)


def list_unmet(session: Session, edition: Edition, *, today: date, by: int | None = None) -> list[Unmet]:
    """Return everything the draft lacks; with `by`, also whether that person may approve it."""
    checks = list_checks(get_dossier(session, edition), today, by=by)
    return [Unmet(check.problem, check.field, check.accreditor) for check in checks if check.problem]


def list_checks(dossier: Dossier, today: date, *, by: int | None = None) -> list[Check]:
    """Return every requirement of the draft, met or not, in the order of the author's pages."""
    sums = list_sums(dossier, today)
    found = [check for rule in GENERAL for check in rule(dossier, today)]
    found += _credit(dossier, sums, today)
    for one in sums:
        if one.rules is not None:
            found += [check for rule in RULES for check in rule(dossier, one, one.rules, today)]
    found += _review(dossier, by)
    return found


def list_sums(dossier: Dossier, today: date) -> list[Sum]:
    """Return the credit of every accreditor that the authors claim, calculated from what is counted now."""
    sums = (sum_up(dossier.edition, dossier.drawn, claim, today) for claim in dossier.claims)
    return [found for found in sums if found is not None]


def sum_up(edition: Edition, drawn: int, claim: Claim, today: date) -> Sum | None:
    """Return the credit of one accreditor from what is counted now, or None when the authors claim none."""
    row = claim.calculation
    if row is None:
        return None
    try:
        rules = claim.accreditor.rules_on(today)
    except NotFound as error:
        return Sum(claim, row, None, None, str(error))
    if row.method not in rules.methods:
        problem = f"{claim.accreditor.title} does not accept the method any more. Choose another."
        return Sum(claim, row, rules, None, problem)
    try:
        now = calculate(row.method, work_of(edition, drawn, row), rules.scale)
    except Invalid as error:
        return Sum(claim, row, rules, None, str(error))
    nothing = f"There is no credit to give: {now.explanation}. Add content or drop this accreditor."
    return Sum(claim, row, rules, now, "" if now.hours else nothing)


def is_for_credit(dossier: Dossier, today: date) -> bool:
    """Whether the edition is to earn credit: not waived, and there is an approval or a calculation."""
    claims = dossier.claims
    return not dossier.edition.without_credit and any(claim.calculation or claim.usable(today) for claim in claims)


def split_default(topics: dict[str, str], hours: Decimal) -> dict[str, str]:
    """Return the edition's own topics where they add up to the hours, else no split."""
    return dict(topics) if adds_up(topics, hours) else {}


def adds_up(topics: dict[str, str], hours: Decimal) -> bool:
    """Whether the topics' hours are exactly the hours."""
    return sum(map(Decimal, topics.values()), Decimal(0)) == hours


def is_measurable(objective: str) -> bool:
    """Whether an objective begins with a verb whose doing can be seen."""
    words = objective.strip().lower().split(maxsplit=1)
    return bool(words) and words[0].strip(",.:;") in MEASURABLE


def bank_for(drawn: int) -> int:
    """Return how many questions a bank holds at least for a test that draws so many."""
    return math.ceil(drawn * BANK_FACTOR)


def worst_share(dossier: Dossier) -> Decimal:
    """Return the largest share of true-or-false questions that a paper may draw, from 0 to 1."""
    if not dossier.drawn:
        return Decimal(0)
    worst = 0
    for objective_id, count in dossier.draws.items():
        in_bank = sum(item.kind == "true_false" for item in dossier.items if item.objective_id == objective_id)
        worst += min(count, in_bank)
    return Decimal(worst) / dossier.drawn


def _details(dossier: Dossier, _: date) -> Iterator[Check]:
    edition = dossier.edition
    texts = (
        ("Title", edition.title, "Give the module its title, exactly as approved."),
        ("Summary", edition.summary, "Write the summary: one sentence for the catalogue."),
        ("Description", edition.description, "Describe the module: what it is about and how it is built."),
        (
            "Commercial support",
            edition.commercial_support,
            "State the commercial support; write “None” if there is none.",
        ),
        ("Originality", edition.originality, "State how the text was made, and with what help."),
        ("License of the content", edition.content_license, "Name the license of the content."),
        ("Cost", edition.cost, "State what the module costs; write “Free of charge” if it is."),
    )
    for title, text, problem in texts:
        yield Check(title, "details", "" if text.strip() else problem)
    yield Check("Content level", "details", "" if edition.level in terms.LEVELS else "Choose the content level.")
    known = bool(edition.audience) and set(edition.audience) <= terms.PROFESSIONS.keys()
    yield Check("Target audience", "details", "" if known else "Choose at least one profession as audience.")


def _objectives(dossier: Dossier, _: date) -> Iterator[Check]:
    yield _fewest(dossier, FEWEST_OBJECTIVES)
    vague = [row.text for row in dossier.objectives if not is_measurable(row.text)]
    problem = f"Begin with a verb one can observe, such as identify, describe or apply. Look at {_quote(vague)}."
    yield Check("Every objective is measurable", "objectives", problem if vague else "")


def _lessons(dossier: Dossier, _: date) -> Iterator[Check]:
    empty = [row.title for row in dossier.lessons if not row.words and not row.media_seconds]
    problem = "" if dossier.lessons else "Write at least one lesson."
    yield Check("At least one lesson", "lessons", problem)
    yield Check(
        "Every lesson has content", "lessons", f"Write these lessons or remove them: {_quote(empty)}." if empty else ""
    )


def _contributors(dossier: Dossier, _: date) -> Iterator[Check]:
    authors = [row for row in dossier.contributors if row.role == "author"]
    planners = [row for row in dossier.contributors if row.role == "planner"]
    yield Check("An author", "contributors", "" if authors else "Name at least one author.")
    for title, field, problem in (
        ("Credentials of every author", "credentials", "Give the credentials of {}."),
        ("Biography of every author", "bio", "Write a short biography of {}."),
        (
            "Disclosure of every author",
            "disclosure",
            "State the conflicts of interest of {}; “None” has to be stated too.",
        ),
    ):
        lacking = [row.name for row in authors if not getattr(row, field).strip()]
        yield Check(title, "contributors", problem.format(_and(lacking)) if lacking else "")
    problem = "" if planners else "Name at least one planner, who is responsible for the content beside the author."
    yield Check("A planner", "contributors", problem)


def _references(dossier: Dossier, today: date) -> Iterator[Check]:
    rows = dossier.references
    yield Check("References", "references", "" if rows else "List the references the text rests on.")
    recent = [row for row in rows if row.year >= today.year - RECENT_YEARS]
    problem = f"Only {len(recent)} of {len(rows)} references are from the last {RECENT_YEARS} years; half have to be."
    yield Check(f"At least half of the references within {RECENT_YEARS} years", "references",
                problem if len(recent) * 2 < len(rows) else "")  # fmt: skip
    yield _aged(dossier, RECENT_YEARS, today)


def _dates(dossier: Dossier, today: date) -> Iterator[Check]:
    edition = dossier.edition
    yield Check("Release date", "dates", "" if edition.released_on else "Give the release date.")
    problem = "" if edition.reviewed_on else "Give the day of the last content review."
    if edition.reviewed_on and edition.reviewed_on > today:
        problem = f"The content review lies in the future: {day_text(edition.reviewed_on)}."
    yield Check("Date of the last review", "dates", problem)
    problem = "" if edition.expires_on else "Give the day the module expires."
    if edition.expires_on and edition.expires_on < today:
        problem = f"The module expired on {day_text(edition.expires_on)}. Review it and give it a later day."
    yield Check("Expiry date", "dates", problem)
    yield _lasting(dossier, REVIEW_MONTHS)


def _bank(dossier: Dossier, _: date) -> Iterator[Check]:
    broken = [f"“{_short(item.stem)}”: {problem}" for item in dossier.items if (problem := _problem_of(item))]
    yield Check("Every question has its right answer, and a reason for each option", "items", " ".join(broken))
    needed = bank_for(dossier.drawn)
    problem = (
        f"A test of {dossier.drawn} questions needs at least {needed} to draw from, so that a second try differs; "
        f"there are {len(dossier.items)}."
    )
    yield Check("More questions than one test draws", "items", problem if len(dossier.items) < needed else "")


def _quiz(dossier: Dossier, _: date) -> Iterator[Check]:
    yield Check("A post-test", "quiz", "" if dossier.quiz and dossier.drawn else "Set up the post-test.")
    without = [row.text for row in dossier.objectives if not dossier.draws.get(row.id)]
    problem = f"No question is drawn for {_quote(without)}." if without else ""
    yield Check("At least one question for every objective", "quiz", problem)
    short = [
        f"{_quote([row.text])} draws {wanted} and has {there} to draw from"
        for row in dossier.objectives
        if (wanted := dossier.draws.get(row.id, 0))
        > (there := sum(item.objective_id == row.id for item in dossier.items))
    ]
    yield Check("Enough questions in the bank for every draw", "quiz", f"{'; '.join(short)}." if short else "")


def _provider(dossier: Dossier, _: date) -> Iterator[Check]:
    provider = dossier.provider
    for title, text, problem in (
        ("Refund policy", provider.refund_policy, "Write the provider's refund and cancellation policy."),
        ("Accommodation policy", provider.accommodation_policy, "Say how to ask for an accommodation, with a contact."),
        ("Grievance policy", provider.grievance_policy, "Write the provider's grievance policy."),
        ("System requirements", provider.system_requirements, "State the system requirements."),
        (
            "Signatory",
            provider.signatory_name and provider.signatory_title,
            "Name who signs the certificates, with the title.",
        ),
        (
            "Address and telephone",
            provider.address and provider.telephone,
            "Give the address and telephone of the provider.",
        ),
    ):
        yield Check(title, "provider", "" if text.strip() else problem)


def _credit(dossier: Dossier, sums: Sequence[Sum], today: date) -> Iterator[Check]:
    if is_for_credit(dossier, today) and not sums:
        problem = "Calculate the credit with at least one accreditor, or choose to publish without CE credit."
        yield Check("Credit is calculated", "credit", problem)
    for one in sums:
        title = one.accreditor.title
        yield Check("Credit is calculated", "credit", one.problem, title)
        if one.hours and not adds_up(one.row.topics, one.hours):
            problem = f"Split the {hours_text(one.hours, one.accreditor.unit)} by topic, so that they add up."
            yield Check("Hours by topic add up", "credit", problem, title)


def _approved(dossier: Dossier, one: Sum, _: Rules, today: date) -> Iterator[Check]:
    problem = ""
    if one.claim.in_force(today, dossier.edition.audience) is None:
        states = "; ".join(f"{row.number}: {status_of(row, today).words.lower()}" for row in one.claim.approvals)
        problem = f"No approval is in force for a self-paced module and this audience ({states})."
    yield Check("Approval in force", "approval", problem, one.accreditor.title)


def _asked(dossier: Dossier, one: Sum, rules: Rules, _: date) -> Iterator[Check]:
    title, quiz = one.accreditor.title, dossier.quiz
    needed = rules.questions.needed(one.hours)
    if needed:
        credit = hours_text(one.hours, one.accreditor.unit)
        problem = f"For {credit} the test needs {needed} questions; it has {dossier.drawn}."
        yield Check(f"At least {needed} questions", "quiz", problem if dossier.drawn < needed else "", title)
    if quiz is not None:
        problem = f"Raise the pass mark from {quiz.pass_mark} to at least {rules.pass_mark} percent."
        yield Check(
            f"Pass mark of at least {rules.pass_mark} percent",
            "quiz",
            problem if quiz.pass_mark < rules.pass_mark else "",
            title,
        )
    if quiz is not None and rules.max_attempts:
        over = quiz.attempts is None or quiz.attempts > rules.max_attempts
        problem = f"Allow at most {rules.max_attempts} attempts."
        yield Check(f"At most {rules.max_attempts} attempts", "quiz", problem if over else "", title)
    if rules.max_true_false_share is not None:
        limit, share = rules.max_true_false_share, worst_share(dossier)
        problem = (
            f"Up to {share * 100:.0f} percent of a test may be true or false; at most {limit * 100:.0f} are allowed."
        )
        yield Check(
            f"At most {limit * 100:.0f} percent true or false", "items", problem if share > limit else "", title
        )


def _content(dossier: Dossier, one: Sum, rules: Rules, today: date) -> Iterator[Check]:
    """Say only where an accreditor asks for more than everybody does."""
    title = one.accreditor.title
    if rules.min_objectives > FEWEST_OBJECTIVES:
        yield _fewest(dossier, rules.min_objectives, title)
    if rules.max_reference_age_years and rules.max_reference_age_years < RECENT_YEARS:
        yield _aged(dossier, rules.max_reference_age_years, today, title)
    if rules.review_months < REVIEW_MONTHS:
        yield _lasting(dossier, rules.review_months, title)


def _review(dossier: Dossier, by: int | None) -> Iterator[Check]:
    problem = "" if dossier.edition.submitted_at else "Hand the draft in for review."
    yield Check("Handed in for review", "review", problem)
    if by is not None:
        mine = by in dossier.edition.editors
        problem = "You worked on this draft. Somebody who did not has to approve it."
        yield Check("Approved by somebody who did not work on it", "review", problem if mine else "")


def _fewest(dossier: Dossier, fewest: int, accreditor: str | None = None) -> Check:
    there = len(dossier.objectives)
    problem = f"Write at least {fewest} measurable objectives; there {'is' if there == 1 else 'are'} {there}."
    return Check(f"At least {fewest} objectives", "objectives", problem if there < fewest else "", accreditor)


def _aged(dossier: Dossier, years: int, today: date, accreditor: str | None = None) -> Check:
    old = [row.citation for row in dossier.references if row.year < today.year - years and not row.seminal]
    problem = f"Replace these, or mark them as seminal works: {_quote(old)}." if old else ""
    return Check(f"References older than {years} years are marked as seminal", "references", problem, accreditor)


def _lasting(dossier: Dossier, months: int, accreditor: str | None = None) -> Check:
    edition, problem = dossier.edition, ""
    if edition.reviewed_on and edition.expires_on:
        latest = add_months(edition.reviewed_on, months)
        if edition.expires_on > latest:
            problem = f"The review of {day_text(edition.reviewed_on)} lasts until {day_text(latest)}: expire by then."
    return Check(f"Expiry at most {months} months after the review", "dates", problem, accreditor)


def _problem_of(item: Item) -> str:
    if not item.stem.strip():
        return "The question has no text."
    try:
        question_of(item.kind).check(item.definition)
    except Invalid as error:
        return " ".join(dict.fromkeys(error.problems.values()))
    return ""


def _quote(texts: Collection[str]) -> str:
    """Return the first three, shortened, and how many more there are."""
    shown = [f"“{_short(text)}”" for text in list(texts)[:3]]
    more = len(texts) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _short(text: str) -> str:
    return text.removesuffix(".") if len(text) <= 60 else text[:57].rstrip() + "..."


def _and(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


GENERAL: tuple[Callable[[Dossier, date], Iterator[Check]], ...] = (
    _details,
    _dates,
    _objectives,
    _lessons,
    _contributors,
    _references,
    _bank,
    _quiz,
    _provider,
)
RULES: tuple[Callable[[Dossier, Sum, Rules, date], Iterator[Check]], ...] = (_approved, _asked, _content)
