"""What changes the evidence, each exactly once: completing, revoking, correcting."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accreditation.queries import Creditable, list_creditable
from lms.assessments.evaluating import find_evaluation
from lms.assessments.sitting import find_passed_attempt
from lms.awards import document
from lms.awards.eligibility import why_no_credit
from lms.awards.keys import Seal
from lms.awards.models import Award, Completion, CreditEntry, Revocation, SignedList
from lms.awards.proofs import index_licenses, note_revocation, sign_certificate, sign_list
from lms.awards.queries import find_award, find_completion, hours_entered_since
from lms.errors import Conflict, Invalid, NotAllowed
from lms.learning.models import Enrollment
from lms.learning.queries import engaged_seconds, list_unfinished
from lms.modules.queries import list_contributors
from lms.outbox import promise, promise_mail
from lms.people.models import License, User
from lms.terms import REVOCATION_REASONS


@dataclass(frozen=True, slots=True)
class Finished:
    """A completion, and its certificate where the module earns credit."""

    completion: Completion
    award: Award | None


def attestation_of(user: User, title: str) -> str:
    """Return the words a learner attests to before a certificate is issued."""
    return (
        f"I, {user.name}, attest that I am the person named here, that I worked through “{title}” myself, "
        "and that I took the post-test and answered the evaluation without help from another person."
    )


def complete(
    session: Session, enrollment: Enrollment, licenses: Sequence[License], *, seal: Seal, now: datetime
) -> Finished:
    """Complete an enrollment: completion, certificate and credit entries together, exactly once.

    Asking again, in parallel or later, returns what the first asking made. Raises `NotAllowed` naming everything
    that is still missing (ce-domain: the completion predicate). Credit is given by the approvals in force on the
    day of completion in the learner's zone; without one, or where `why_no_credit` knows a reason, the completion
    stands and earns nothing.
    """
    # Whoever comes second waits here on PostgreSQL; SQLite lets one writer in at a time anyway.
    session.execute(select(Enrollment.id).where(Enrollment.id == enrollment.id).with_for_update())
    # And whoever finishes two editions of a module at once: the second has to see what the first one earned.
    session.execute(select(User.id).where(User.id == enrollment.user_id).with_for_update(key_share=True))
    already = find_completion(session, enrollment.id)
    if already is not None:
        return Finished(already, find_award(session, enrollment.id))
    attempt, evaluation = find_passed_attempt(session, enrollment.id), find_evaluation(session, enrollment.id)
    missing = [f"read “{lesson.title}”" for lesson in list_unfinished(session, enrollment)]
    missing += [] if attempt else ["pass the post-test"]
    missing += [] if evaluation else ["answer the evaluation"]
    if attempt is None or evaluation is None or missing:
        raise NotAllowed("Before you can finish: " + "; ".join(missing) + ".")
    user, edition = enrollment.user, enrollment.edition
    day = now.astimezone(ZoneInfo(user.time_zone)).date()
    barred = why_no_credit(session, user.id, edition, day=day)
    earned = [] if barred else list_creditable(session, edition, day=day)
    _respect_caps(session, user.id, earned, day=day, now=now)
    completion = Completion(
        enrollment_id=enrollment.id,
        attempt_id=attempt.id,
        evaluation_id=evaluation.id,
        completed_at=now,
        completed_on=day,
        time_zone=user.time_zone,
        attestation=attestation_of(user, edition.title),
        engaged_seconds=engaged_seconds(session, enrollment.id),
    )
    session.add(completion)
    session.flush()
    if not earned:
        return Finished(completion, None)
    authors = [row for row in list_contributors(session, edition.id) if row.role == "author"]
    certificate = document.describe(
        edition,
        document.Holder(user.name, licenses),
        earned,
        authors,
        document.When(day, user.time_zone, now),
        document.new_code(),
        seal.public_url,
    )
    award = _issue(session, seal, completion, certificate, awarded=now, now=now)
    _enter(session, award, enrollment, earned, now=now)
    _announce(session, user, certificate, now=now)
    return Finished(completion, award)


def _respect_caps(session: Session, user_id: int, earned: Sequence[Creditable], *, day: date, now: datetime) -> None:
    """Raise `NotAllowed` where an accreditor caps the hours of 24 hours, so that finishing later loses nothing."""
    for credit in earned:
        cap = credit.accreditor.rules_on(day).daily_cap_hours
        if cap is None:
            continue
        lately = hours_entered_since(session, user_id, credit.accreditor.code, now - timedelta(hours=24))
        if lately + credit.hours > cap:
            raise NotAllowed(
                f"{credit.accreditor.title} credits at most {cap} hour{'' if cap == 1 else 's'} in 24 hours, and you "
                "are there. Everything you did is kept: come back tomorrow and finish."
            )


def _issue(
    session: Session,
    seal: Seal,
    completion: Completion,
    certificate: document.Certificate,
    *,
    awarded: datetime,
    now: datetime,
    replaces: Award | None = None,
) -> Award:
    """Sign the certificate, enter it into the log, and store the very bytes that were signed."""
    signed = sign_certificate(session, seal, certificate, completion.enrollment.edition, awarded=awarded, now=now)
    award = Award(
        completion=completion,
        code=certificate.code,
        design=replaces.design if replaces else completion.enrollment.edition.module.provider.design,
        issued_at=now,
        facts=document.freeze(signed.certificate),
        credential=signed.credential,
        credential_sha256=signed.sha256,
        key_id=signed.key_id,
        status_list_id=signed.list_id,
        status_index=signed.status_index,
        log_index=signed.log_index,
        replaces_id=replaces.id if replaces else None,
    )
    session.add(award)
    session.flush()
    index_licenses(session, seal, award, signed.certificate)
    if session.get(SignedList, signed.list_id) is None:
        sign_list(session, seal, signed.list_id, now=now)
    _tell(session, "issued", award, now=now)
    return award


def _tell(session: Session, event: str, award: Award, *, now: datetime) -> None:
    """Promise the event to whoever listens, with the transaction that made it true."""
    promise(session, "event", {"event": event, "award_id": award.id, "code": award.code}, now=now)


def _enter(
    session: Session, award: Award, enrollment: Enrollment, earned: Sequence[Creditable], *, now: datetime
) -> None:
    session.add_all(
        CreditEntry(
            user_id=enrollment.user_id,
            award_id=award.id,
            accreditor=credit.accreditor.code,
            kind="earned",
            unit=credit.accreditor.unit,
            hours=credit.hours,
            topics=credit.topics,
            also_qualifies=enrollment.edition.also_qualifies,
            entered_at=now,
        )
        for credit in earned
    )
    session.flush()


def _announce(session: Session, user: User, certificate: document.Certificate, *, now: datetime) -> None:
    text = (
        f"{user.name},\n\nYour certificate for “{certificate.title}” is ready. It is in your record, and "
        f"anyone can check it at\n\n{certificate.verify_url}\n\nCode: {document.group_code(certificate.code)}\n"
    )
    promise_mail(session, to=user.email, subject=f"Your certificate: {certificate.title}", text=text, now=now)


def revoke_award(
    session: Session, award: Award, *, reason: str, note: str, by: int, seal: Seal, now: datetime
) -> Revocation:
    """Revoke a certificate for good and take its credit back; the certificate itself stays as it was issued.

    The reason is one of `REVOCATION_REASONS` but `replaced`, and shown to whoever checks; the note is for the
    provider's own record. Raises `Invalid` for a bad reason or an empty note, `Conflict` when it is revoked already.
    """
    if reason not in REVOCATION_REASONS or reason == "replaced":
        raise Invalid(reason="Choose one of the reasons.")
    revocation = _revoke(session, award, reason=reason, note=note, by=by, seal=seal, now=now)
    _tell(session, "revoked", award, now=now)
    certificate = document.thaw(award.facts)
    text = (
        f"{certificate.holder_name},\n\n"
        f"{certificate.provider.name} has revoked your certificate for “{certificate.title}”. The reason it gives: "
        f"{REVOCATION_REASONS[reason].lower()}. Whoever checks the certificate sees this, and its hours no longer "
        "count.\n\n"
        f"If you think this is wrong, write to {certificate.provider.email}; its grievance policy is on its page.\n\n"
        f"The certificate: {certificate.verify_url}\n"
    )
    user = award.completion.enrollment.user
    promise_mail(session, to=user.email, subject=f"Revoked: {certificate.title}", text=text, now=now)
    return revocation


def _revoke(
    session: Session, award: Award, *, reason: str, note: str, by: int, seal: Seal, now: datetime
) -> Revocation:
    if not note.strip():
        raise Invalid(note="Write down why, for your own record.")
    session.execute(select(Award.id).where(Award.id == award.id).with_for_update())
    if session.get(Revocation, award.id) is not None:
        raise Conflict("This certificate is revoked already.")
    revocation = Revocation(award_id=award.id, revoked_at=now, revoked_by=by, reason=reason, note=note.strip())
    session.add(revocation)
    for entry in _earned_with(session, award):
        session.add(_copy(entry, award.id, "revoked", now))
    session.flush()
    note_revocation(session, seal, award, reason, now=now)
    return revocation


def reissue_award(
    session: Session, award: Award, holder: document.Holder, *, note: str, by: int, seal: Seal, now: datetime
) -> Award:
    """Issue a corrected certificate (name, licenses) and revoke the old one as replaced, in one go.

    What was earned and when stays as it was; the old certificate is not touched and its page says "replaced".
    Raises `Invalid` for an empty name or note, `Conflict` when the old one is revoked already.
    """
    if not holder.name.strip():
        raise Invalid(name="A certificate needs a name.")
    earned = _earned_with(session, award)
    _revoke(session, award, reason="replaced", note=note, by=by, seal=seal, now=now)
    certificate = document.restate(
        document.thaw(award.facts), holder, code=document.new_code(), public_url=seal.public_url, now=now
    )
    completion = award.completion
    corrected = _issue(session, seal, completion, certificate, awarded=completion.completed_at, now=now, replaces=award)
    session.add_all(_copy(entry, corrected.id, "earned", now) for entry in earned)
    session.flush()
    _tell(session, "replaced", award, now=now)
    before = document.thaw(award.facts).holder_name
    text = (
        f"{holder.name},\n\n"
        f"{certificate.provider.name} has issued a corrected certificate for “{certificate.title}”, in the name of "
        f"{holder.name}. It replaces the one in the name of {before}, which now says that it was replaced.\n\n"
        f"The corrected one: {certificate.verify_url}\n\n"
        f"If you did not expect this, write to {certificate.provider.email}.\n"
    )
    user = completion.enrollment.user
    promise_mail(session, to=user.email, subject=f"Corrected: {certificate.title}", text=text, now=now)
    return corrected


def _earned_with(session: Session, award: Award) -> list[CreditEntry]:
    query = select(CreditEntry).where(CreditEntry.award_id == award.id, CreditEntry.kind == "earned")
    return list(session.scalars(query))


def _copy(entry: CreditEntry, award_id: int, kind: str, now: datetime) -> CreditEntry:
    return CreditEntry(
        user_id=entry.user_id,
        award_id=award_id,
        accreditor=entry.accreditor,
        kind=kind,
        unit=entry.unit,
        hours=entry.hours,
        topics=entry.topics,
        also_qualifies=entry.also_qualifies,
        entered_at=now,
    )
