"""Who earns no credit although everything is done: whoever made the edition, and whoever was certified for it."""

from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lms.accreditation.queries import day_text
from lms.awards.models import Award, Completion, Revocation
from lms.learning.models import Enrollment
from lms.modules.commands import add_months
from lms.modules.models import Edition

AGAIN_MONTHS = 12


def why_no_credit(session: Session, user_id: int, edition: Edition, *, day: date) -> str:
    """Return why completing the edition on that day earns this person no credit, or nothing; one statement at most.

    Whoever edited or published an edition knows its test. Nobody is certified twice for the same text, nor for any
    edition of a module within 12 months; a revoked certificate does not count, its correction does.
    """
    if user_id in edition.editors or user_id == edition.published_by:
        return "You worked on this module, so it earns you no credit. You can finish it all the same."
    same_text = Edition.content_hash == edition.content_hash
    lately = (Edition.module_id == edition.module_id) & (Completion.completed_on > add_months(day, -AGAIN_MONTHS))
    earlier = session.execute(
        select(Edition.content_hash, Completion.completed_on)
        .join(Enrollment, Enrollment.edition_id == Edition.id)
        .join(Completion, Completion.enrollment_id == Enrollment.id)
        .join(Award, Award.completion_id == Completion.id)
        .outerjoin(Revocation, Revocation.award_id == Award.id)
        .where(
            Enrollment.user_id == user_id,
            Revocation.award_id.is_(None),
            or_(same_text, lately) if edition.content_hash else lately,
        )
        .order_by(Completion.completed_on.desc())
        .limit(1)
    ).first()
    if earlier is None:
        return ""
    held = f"You hold a certificate for this module, completed on {day_text(earlier.completed_on)}."
    if edition.content_hash and earlier.content_hash == edition.content_hash:
        return f"{held} The text is the same, so it earns no second credit. You can finish it all the same."
    return f"{held} A module earns credit once in {AGAIN_MONTHS} months. You can finish it all the same."
