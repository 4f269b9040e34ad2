"""The audit packet: one ZIP that answers a board's questions about a license and a period, with a signed manifest.

In it: `cover.pdf`, `cover.html` and `cover.csv`, per certificate its PDF and its signed credential, per course a sheet
with objectives, authors, the approval as of the day of completion and how the credit was calculated, `manifest.json`
with the SHA-256 of each file, and `manifest.sig.json`, an Ed25519 signature over `credence-manifest/1`, a line feed,
and the bytes of the manifest, by the key that `/.well-known/did.json` lists. The printed cover names the manifest's
hash, so it is not among its files; a stamp of the same key holds it. `python -m certificates verify` checks it all.
"""

import csv
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from lms.accreditation.accreditor import ACCREDITORS
from lms.accreditation.credit import hours_text, method_title
from lms.accreditation.models import CreditCalculation
from lms.awards import binding, forms
from lms.awards.document import group_code
from lms.awards.keys import Seal
from lms.awards.models import Completion
from lms.awards.versions import current_version
from lms.files import Shelf
from lms.learning.models import Enrollment
from lms.modules.models import Contributor, Edition, Module, Objective
from lms.outbox import promise
from lms.oversight import paper
from lms.oversight.batch import harmless
from lms.oversight.holding import Holding
from lms.oversight.models import Packet
from lms.oversight.queries import Credited, Earned, earned_with
from lms.terms import JURISDICTIONS, LEVELS

FOOT = "Made by Credence from what was frozen when each certificate was issued. Each can be checked at its address."
COVER_COLUMNS = (
    "Code", "State", "Title", "Provider", "Provider number", "Accreditor", "Hours", "Unit", "Topic", "Topic hours",
    "Completed", "Check at",
)  # fmt: skip
COVER_HEAD = ("Course", "Completed", "Credit", "State", "Check at", "Course sheet")
STATES = {"valid": "Valid", "revoked": "Revoked", "replaced": "Replaced", "cannot_check": "Cannot check"}


@dataclass(frozen=True, slots=True)
class Course:
    """An edition as the packet describes it."""

    edition: Edition
    objectives: tuple[Objective, ...]
    contributors: tuple[Contributor, ...]
    calculations: tuple[CreditCalculation, ...]

    @property
    def path(self) -> str:
        """Its file in the packet."""
        return f"courses/{self.edition.module.slug}-edition-{self.edition.number}.html"


@dataclass(frozen=True, slots=True)
class Tools:
    """What a packet is made with: where it is kept, the fonts of certificates, the keys."""

    shelf: Shelf
    fonts: Any
    seal: Seal


def make_packet(session: Session, tools: Tools, packet_id: int, *, now: datetime) -> Iterator[int]:
    """Make the file, yielding after each part so that the caller may commit the progress.

    A packet that is made already stays as it is. What cannot be printed (a name no font covers) is written down as
    the packet's problem, and the rest of the packet is there all the same.
    """
    packet = session.get(Packet, packet_id, options=[joinedload(Packet.user)])
    if packet is None or packet.made_at is not None:
        return
    held = Holding(packet.jurisdiction, packet.credential, packet.number)
    earned = earned_with(session, tools.seal, held, packet.first_day, packet.last_day, by=packet.user_id)
    courses = _courses(session, earned.rows)
    packet.total, packet.done, packet.problem = len(earned.rows) + 1, 0, ""
    session.flush()
    yield 0
    files: dict[str, bytes] = {}
    for row in earned.rows:
        code = row.award.code
        files[f"credentials/{code}.json"] = current_version(session, tools.seal, row.award).credential.encode()
        try:
            files[f"certificates/{code}.pdf"] = forms.draw(session, tools.seal, row, "pdf", tools.fonts, tools.shelf)
        except ValueError as error:
            packet.problem = f"Certificate {code} could not be printed: {error}"[:500]
        packet.done += 1
        session.flush()
        yield packet.done
    for course in {course.path: course for course in courses.values()}.values():
        mine = [row for row in earned.rows if courses[row.award.completion_id].path == course.path]
        files[course.path] = _course_sheet(course, mine)
    files["cover.csv"] = _cover_csv(earned)
    files["cover.html"] = _cover_sheet(packet, earned, courses, sorted(files), now)
    manifest = binding.manifest_of(files, _heading(packet, earned, files, now))
    try:
        sheet = binding.cover_of(
            _printed_cover(packet, earned, len(files), now), manifest, tools.seal, tools.fonts, made=now
        )
    except ValueError as error:
        sheet, packet.problem = b"", f"The cover sheet could not be printed: {error}"[:500]
    content = binding.bind(files, manifest, sheet, tools.seal)
    packet.sha256, packet.size = tools.shelf.put(content), len(content)
    packet.certificates, packet.done, packet.made_at = len(earned.rows), packet.total, now
    session.flush()
    yield packet.done


def renew_packets(session: Session, files: Shelf, seal: Seal, *, now: datetime) -> int:
    """Have packets put together anew that a struck key signed, and return how many; asking again finds none."""
    found = 0
    for packet in session.scalars(select(Packet).where(Packet.made_at.is_not(None)).order_by(Packet.id)).all():
        try:
            with files.open(packet.sha256) as file:
                vouched = binding.is_vouched(file.read(), seal)
        except FileNotFoundError:
            continue
        if not vouched:
            packet.made_at, packet.done = None, 0
            promise(session, "packet", {"packet_id": packet.id}, now=now)
            found += 1
    session.flush()
    return found


def _heading(packet: Packet, earned: Earned, files: Mapping[str, bytes], now: datetime) -> dict[str, Any]:
    return {
        "schema": "credence-packet/1",
        "holder": packet.user.name,
        "license": {"jurisdiction": packet.jurisdiction, "credential": packet.credential, "number": packet.number},
        "from": packet.first_day.isoformat(),
        "to": packet.last_day.isoformat(),
        "made": now.astimezone(UTC).isoformat(timespec="seconds"),
        "certificates": {
            row.award.code: {
                "state": row.state,
                "credential_sha256": hashlib.sha256(files[f"credentials/{row.award.code}.json"]).hexdigest(),
            }
            for row in earned.rows
        },
    }


def _courses(session: Session, rows: Sequence[Credited]) -> dict[int, Course]:
    """Return the editions behind the certificates, by completion, in five statements."""
    taken: dict[int, set[int]] = {}
    behind = select(Completion.id, Enrollment.edition_id).join(Enrollment, Enrollment.id == Completion.enrollment_id)
    for completion_id, edition_id in session.execute(
        behind.where(Completion.id.in_([row.award.completion_id for row in rows]))
    ):
        taken.setdefault(edition_id, set()).add(completion_id)
    ids = taken.keys()

    def by_edition(kind: Any, *order: Any) -> dict[int, list[Any]]:
        found: dict[int, list[Any]] = {number: [] for number in ids}
        for row in session.scalars(select(kind).where(kind.edition_id.in_(ids)).order_by(*order)):
            found[row.edition_id].append(row)
        return found

    editions = session.scalars(
        select(Edition).where(Edition.id.in_(ids)).options(joinedload(Edition.module).joinedload(Module.provider))
    )
    objectives = by_edition(Objective, Objective.position, Objective.id)
    people = by_edition(Contributor, Contributor.position, Contributor.id)
    sums = by_edition(CreditCalculation, CreditCalculation.accreditor)
    return {
        completion_id: course
        for row in editions
        for course in [Course(row, tuple(objectives[row.id]), tuple(people[row.id]), tuple(sums[row.id]))]
        for completion_id in taken[row.id]
    }


def _cover_sheet(
    packet: Packet, earned: Earned, courses: dict[int, Course], files: Sequence[str], now: datetime
) -> bytes:
    rows = [
        (
            row.certificate.title,
            _day(row.certificate.completed_on),
            _hours(row),
            STATES[row.state],
            row.certificate.verify_url,
            courses[row.award.completion_id].path,
        )
        for row in earned.rows
    ]
    return paper.sheet(
        f"Continuing education of {packet.user.name}",
        [
            paper.facts(
                [
                    ("License", packet.license),
                    ("Issued by", JURISDICTIONS.get(packet.jurisdiction, packet.jurisdiction)),
                    ("Completed from", _day(packet.first_day)),
                    ("To", _day(packet.last_day)),
                    ("Put together", f"{now.astimezone(UTC):%Y-%m-%d %H:%M} UTC"),
                ]
            ),
            *(paper.paragraph(notice, "notice") for notice in sorted({row.certificate.notice for row in earned.rows})),
            paper.heading("Certificates"),
            paper.table(
                "Certificates", ["Course", "Completed", "Credit", "State", "Check at", "Course sheet"], rows, True
            )
            if rows
            else paper.paragraph("No certificate that names this license was completed in this period."),
            paper.heading("Hours by topic"),
            paper.table(
                "Hours of certificates that stand",
                ["Topic", "Accreditor", "Hours"],
                [(total.topic, total.accreditor, hours_text(total.hours, total.unit)) for total in earned.topics]
                + [("All topics", total.accreditor, hours_text(total.hours, total.unit)) for total in earned.totals],
            ),
            paper.heading("Files"),
            paper.table("Files in this packet", ["File"], [(name,) for name in files], True),
            paper.paragraph(
                "manifest.json lists the SHA-256 of every file; manifest.sig.json is its signature. cover.pdf is this "
                "sheet for paper."
            ),
        ],
        FOOT,
    )


def _printed_cover(packet: Packet, earned: Earned, files: int, now: datetime) -> binding.Cover:
    """Return what the printed cover sheet says."""
    titles = {credit.accreditor: credit.accreditor_name for row in earned.rows for credit in row.certificate.credits}
    return binding.Cover(
        holder=packet.user.name,
        license=packet.license,
        period=f"{_day(packet.first_day)} to {_day(packet.last_day)}",
        facts=(
            ("License", packet.license),
            ("Issued by", JURISDICTIONS.get(packet.jurisdiction, packet.jurisdiction)),
            ("Completed", f"{_day(packet.first_day)} to {_day(packet.last_day)}"),
            ("Put together", f"{now.astimezone(UTC):%Y-%m-%d %H:%M} UTC"),
        ),
        notices=tuple(sorted({row.certificate.notice for row in earned.rows} - {""})),
        rows=tuple(
            binding.Line(
                title=row.certificate.title,
                provider=row.certificate.provider.name,
                completed=_day(row.certificate.completed_on),
                credits=tuple(
                    f"{hours_text(credit.hours, credit.unit)}, {credit.accreditor_name}"
                    for credit in row.certificate.credits
                ),
                approvals=tuple(
                    f"{credit.provider_number}, {_day(credit.approved_from)} to {_day(credit.approved_to)}"
                    for credit in row.certificate.credits
                ),
                state=STATES[row.state],
                code=group_code(row.certificate.code),
                url=row.certificate.verify_url,
            )
            for row in earned.rows
        ),
        totals=tuple(
            binding.Sum(
                "All topics" if sum_ else total.topic,
                titles.get(total.accreditor, total.accreditor),
                hours_text(total.hours, total.unit),
                sum_,
            )
            for sum_, totals in ((False, earned.topics), (True, earned.totals))
            for total in totals
        ),
        files=files,
    )


def _cover_csv(earned: Earned) -> bytes:
    out = StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COVER_COLUMNS)
    for row in earned.rows:
        facts = row.certificate
        for credit in facts.credits:
            for topic in credit.topics or (None,):
                cells = [facts.code, row.state, facts.title, facts.provider.name, credit.provider_number]
                cells += [credit.accreditor, f"{credit.hours:f}", credit.unit]
                cells += [topic.label, f"{topic.hours:f}"] if topic else ["", ""]
                cells += [facts.completed_on.isoformat(), facts.verify_url]
                writer.writerow([harmless(cell) for cell in cells])
    return out.getvalue().encode("utf-8-sig")


def _course_sheet(course: Course, rows: Sequence[Credited]) -> bytes:
    edition, provider = course.edition, course.edition.module.provider
    return paper.sheet(
        edition.title,
        [
            paper.facts(
                [
                    ("Edition", str(edition.number)),
                    ("Course code", edition.module.slug),
                    ("Summary", edition.summary),
                    ("Level", LEVELS.get(edition.level, edition.level)),
                    ("Provider", provider.name),
                    ("Address", provider.address),
                    ("Telephone", provider.telephone),
                    ("Words", f"{edition.words:,}"),
                    ("Content hash", edition.content_hash),
                ]
            ),
            paper.heading("Objectives"),
            paper.bullets(row.text for row in course.objectives),
            paper.heading("Who wrote and planned it"),
            paper.table(
                "Authors and planners",
                ["Name", "Credentials", "Part", "About", "Disclosure"],
                [(row.name, row.credentials, row.role, row.bio, row.disclosure) for row in course.contributors],
            ),
            paper.heading("Approval on the day of completion"),
            paper.table(
                "Approvals as frozen in the certificates",
                ["Completed", "Accreditor", "Number", "In force", "Credit", "Statement"],
                [
                    (
                        _day(row.certificate.completed_on),
                        credit.accreditor_name,
                        credit.provider_number,
                        f"{_day(credit.approved_from)} to {_day(credit.approved_to)}",
                        hours_text(credit.hours, credit.unit),
                        credit.statement,
                    )
                    for row in rows
                    for credit in row.certificate.credits
                ],
            ),
            paper.heading("How the credit was calculated"),
            paper.table(
                "Calculation",
                ["Accreditor", "Method", "What went in", "Minutes", "Hours", "Topics"],
                [_sum(row) for row in course.calculations],
            ),
        ],
        FOOT,
    )


def _sum(row: CreditCalculation) -> tuple[str, ...]:
    accreditor = ACCREDITORS.get(row.accreditor)
    unit = accreditor.unit if accreditor else "hour"
    return (
        accreditor.title if accreditor else row.accreditor,
        method_title(row.method),
        ", ".join(f"{name.replace('_', ' ')}: {value}" for name, value in sorted(row.inputs.items())),
        f"{row.minutes.numerator}/{row.minutes.denominator}" if row.minutes.denominator > 1 else str(row.minutes),
        hours_text(row.hours, unit),
        ", ".join(f"{topic} {Decimal(hours).normalize():f}" for topic, hours in sorted(row.topics.items())),
    )


def _hours(row: Credited) -> str:
    return "; ".join(hours_text(credit.hours, credit.unit) for credit in row.certificate.credits)


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
