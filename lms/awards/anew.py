"""After a key fell into other hands: what it signed is signed anew, and nothing that was issued is changed.

Striking the key in the key file comes first (`keys.compromise_key`) and is one step; from then on verifiers elsewhere
refuse whatever it signed. What follows here may stop anywhere and be begun again, by the command or by the worker:
each certificate is either as it was or signed anew, never half.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from certificates import log as tree
from certificates.keys import key_id
from certificates.proof import Verdict, serialise, sign, verify, write_moment
from lms.awards.head import lock_head
from lms.awards.keys import Seal
from lms.awards.log import append_entry, witnessed_size
from lms.awards.models import Award, Checkpoint, Completion, SignedAnew
from lms.awards.proofs import sign_due_lists
from lms.awards.standing import FOUND, Disagrees, check_unvouched, read_found
from lms.awards.witnesses import send_checkpoint
from lms.learning.models import Enrollment
from lms.outbox import promise_mail
from lms.people.models import User
from lms.providers.models import Provider

AT_ONCE = 25
"""Certificates between two commits: others who issue wait for a second at the most."""


NEWS = (
    "A key that signs certificates fell into other hands and was struck. What it had signed was signed anew with\n"
    'another key, word for word; the entries of the kind "reissue" say which document took the place of which.\n'
    "A certificate that only the struck key vouches for, and that is not in the log, is a forgery."
)
LETTER = (
    "{name},\n\nA key that signs certificates fell into other hands, and we have struck it. Your certificates stand "
    "and say what they said; we have signed them anew with another key.\n\nWhat you do: where you keep a certificate "
    "as a file, or have handed one in, download it again and use the new one. Other programs refuse the signature of "
    "the old file; our own pages know both.\n\n{url}/record\n"
)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a struck key leaves: certificates without a document that anybody accepts, and what the log shows of them.

    `witnessed` is the size of the newest checkpoint from before the key was in other hands, `proven` how many of the
    certificates it holds: these stand by the log alone until they are signed anew.
    """

    waiting: int
    proven: int
    witnessed: int


@dataclass(frozen=True, slots=True)
class Step:
    """How far it is: certificates signed anew of those that waited, and the sentences about those that were not."""

    done: int
    total: int
    problems: tuple[str, ...] = ()


def look_ahead(session: Session, seal: Seal) -> Outlook:
    """Return what is to be signed anew."""
    if not seal.struck:
        return Outlook(0, 0, 0)
    witnessed = witnessed_size(session, seal, min(row.since for row in seal.struck))
    waiting = _waiting(session, seal)
    proven = session.scalar(select(func.count()).select_from(waiting.where(Award.log_index < witnessed).subquery()))
    return Outlook(_count(session, waiting), proven or 0, witnessed)


def sign_anew(session: Session, seal: Seal, *, clock: Callable[[], datetime]) -> Iterator[Step]:
    """Sign anew whatever only a struck key vouches for, yielding after each part so that the caller may commit it.

    The revocation lists come first, then the certificates, whose holders are each told once, and at the end the
    witnesses are sent a checkpoint that holds all of it. A certificate whose records do not agree with each other, or
    that the struck key did not sign, gets no new signature and is named. Asking again goes on where it stopped, and
    does nothing once all is done. The clock is read for each part: an entry of the log must not be older than a
    checkpoint before it.
    """
    if not seal.struck:
        return
    sign_due_lists(session, seal, now=clock())
    ids = session.scalars(_waiting(session, seal).order_by(Award.id)).all()
    problems: list[str] = []
    done = 0
    yield Step(0, len(ids))
    for begin in range(0, len(ids), AT_ONCE):
        part, now = ids[begin : begin + AT_ONCE], clock()
        # Whoever else signs anew waits here, and then finds nothing left of this part.
        lock_head(session, seal)
        signed = []
        for award_id in session.scalars(_waiting(session, seal).where(Award.id.in_(part)).order_by(Award.id)).all():
            problem = _sign_one(session, seal, award_id, now)
            if problem:
                problems.append(problem)
            else:
                signed.append(award_id)
        done += len(signed)
        _tell_holders(session, seal, signed, now)
        yield Step(done, len(ids), tuple(problems))
    if _is_witnessed(session):
        return
    send_checkpoint(session, seal, news=NEWS, now=clock())
    yield Step(done, len(ids), tuple(problems))


def _waiting(session: Session, seal: Seal) -> Select[int]:
    """Return the query for the certificates that no listed key vouches for, but a struck one signed."""
    slugs = list(session.scalars(select(Provider.slug)))
    struck = [name for slug in slugs for name in seal.methods(slug, [row.key for row in seal.struck])]
    listed = [name for slug in slugs for name in seal.methods(slug, seal.listed)]
    renewed = select(SignedAnew.id).where(SignedAnew.award_id == Award.id, SignedAnew.key_id.in_(listed))
    return select(Award.id).where(Award.key_id.in_(struck), ~renewed.exists())


def _count(session: Session, query: Select[int]) -> int:
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0


def _sign_one(session: Session, seal: Seal, award_id: int, now: datetime) -> str:
    """Sign the newest document of an award anew and enter it into the log; return why not, or nothing."""
    found = read_found(session.execute(FOUND.where(Award.id == award_id)).one())
    code = found.award.code
    try:
        version = check_unvouched(session, seal, found).version
    except (Disagrees, ValueError, LookupError, TypeError) as problem:
        return f"certificate {code}: {problem}"
    document = json.loads(version.credential)
    issuer = document["issuer"]["id"]
    struck = {key_id(issuer, row.key): row.key for row in seal.struck}
    if verify(document, struck, version.sha256) is not Verdict.GENUINE:
        return f"certificate {code}: its signature does not verify"
    unsigned = {name: value for name, value in document.items() if name != "proof"}
    method = key_id(issuer, seal.key.public_key())  # the issuer of then, also where we have moved to another host since
    signed = sign({**unsigned, "validFrom": write_moment(now)}, seal.key, method, now)
    content = serialise(signed)
    sha256 = hashlib.sha256(content).hexdigest()
    place = append_entry(session, seal, tree.Entry("reissue", sha256, now, version.sha256))
    row = SignedAnew(
        award_id=award_id,
        credential=content.decode(),
        credential_sha256=sha256,
        key_id=method,
        signed_at=now,
        log_index=place.index,
    )
    session.add(row)
    session.flush()
    return ""


def _tell_holders(session: Session, seal: Seal, award_ids: Sequence[int], now: datetime) -> None:
    """Promise each holder of these one mail, unless another certificate of theirs by the same key was signed anew."""
    if not award_ids:
        return
    slugs = session.scalars(select(Provider.slug)).all()
    new_names = [name for slug in slugs for name in seal.methods(slug, [seal.key.public_key()])]
    first_keys = {
        name.partition("#")[2] for name in session.scalars(select(Award.key_id).where(Award.id.in_(award_ids)))
    }
    old_names = [f"{did}#{key}" for slug in slugs for did in seal.dids(slug) for key in first_keys]
    holders = (
        select(User.id, User.name, User.email)
        .join(Enrollment, Enrollment.user_id == User.id)
        .join(Completion, Completion.enrollment_id == Enrollment.id)
        .join(Award, Award.completion_id == Completion.id)
    )
    renewed = holders.join(SignedAnew, SignedAnew.award_id == Award.id).where(SignedAnew.key_id.in_(new_names))
    told = set(session.scalars(renewed.where(Award.id.not_in(award_ids), Award.key_id.in_(old_names))))
    for user_id, name, email in session.execute(holders.where(Award.id.in_(award_ids)).distinct().order_by(User.id)):
        if user_id not in told:
            text = LETTER.format(name=name, url=seal.public_url)
            promise_mail(session, to=email, subject="Your certificates were signed anew", text=text, now=now)
    session.flush()


def _is_witnessed(session: Session) -> bool:
    """Say whether every new signature is in a checkpoint that went out."""
    last = session.scalar(select(func.max(SignedAnew.log_index)))
    return last is None or last < (session.scalar(select(func.max(Checkpoint.size))) or 0)
