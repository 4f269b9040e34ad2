"""A certificate as a signed credential: composing, signing, its bit on the status list, its place in the log."""

import hashlib
import hmac
import json
import logging
import secrets
import unicodedata
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates import log as tree
from certificates import status
from certificates.certificate import Certificate
from certificates.credential import Issuer, compose, tidy
from certificates.proof import serialise, sign
from lms.awards.head import HEAD, HEAD_COLUMNS, Head, hash_list, lock_head, open_head, read_head, write_head
from lms.awards.keys import Seal, listed_keys
from lms.awards.lists import bits_of_log, open_list, read_bits
from lms.awards.log import append_entry, prove_entry
from lms.awards.models import Award, AwardLicense, LogEntry, Revocation, SignedList, StatusList
from lms.awards.versions import versions_of
from lms.errors import NotFound
from lms.modules.models import Edition
from lms.providers.models import Provider

_log = logging.getLogger(__name__)

SIGN_AGAIN = timedelta(days=7)
"""A served list is never older: verifiers elsewhere refuse one after 14 days."""
DRAWN = 16
"""Bits drawn at once to find a free one: of a list that is half full, all are taken once in 65,536 times."""


@dataclass(frozen=True, slots=True)
class Signed:
    """What an award stores of its proof."""

    certificate: Certificate
    credential: str
    sha256: str
    key_id: str
    list_id: int
    status_index: int
    log_index: int


def sign_certificate(
    session: Session, seal: Seal, certificate: Certificate, edition: Edition, *, awarded: datetime, now: datetime
) -> Signed:
    """Compose, sign, give it a bit of its provider's list and enter it into the log, all in the caller's transaction.

    `awarded` is kept when a certificate is corrected. What is stored is the very bytes that were signed and checked.
    """
    certificate = tidy(certificate)
    provider_id, slug = edition.module.provider_id, edition.module.provider.slug
    list_id, index = _take_bit(session, provider_id, now)
    unsigned = compose(
        certificate,
        credential_id=f"{certificate.verify_url}/credential",
        subject_id=f"urn:uuid:{uuid.UUID(bytes=secrets.token_bytes(16), version=4)}",
        issuer=Issuer(seal.did(slug), f"{seal.public_url}/providers/{slug}"),
        status=status.StatusEntry(list_url(seal, list_id), index),
        achievement_id=f"{seal.public_url}/achievements/{edition.id}",
        valid_from=now,
        awarded=awarded,
    )
    signed = serialise(sign(unsigned, seal.key, seal.method(slug), now))
    sha256 = hashlib.sha256(signed).hexdigest()
    place = append_entry(session, seal, tree.Entry("issue", sha256, now))
    return Signed(certificate, signed.decode(), sha256, seal.method(slug), list_id, index, place.index)


def note_revocation(session: Session, seal: Seal, award: Award, reason: str, *, now: datetime) -> None:
    """Enter a revocation into the log and sign the status list anew, with the caller's transaction."""
    # The list first: a head that knows the entry but still names the list of before is never signed.
    sign_list(session, seal, award.status_list_id, now=now)
    append_entry(session, seal, tree.Entry("revoke", award.credential_sha256, now, reason))


def list_url(seal: Seal, list_id: int) -> str:
    """Return where a status list is served."""
    return f"{seal.public_url}/credentials/status/{list_id}"


def _take_bit(session: Session, provider_id: int, now: datetime) -> tuple[int, int]:
    """Return a list of the provider and a random free bit of it: neighbours say nothing about each other.

    The newest list serves until none of some bits drawn at random is free, which is when it is about half full; so
    taking a bit costs the same however many certificates there are.
    """
    newest = select(StatusList.id).where(StatusList.provider_id == provider_id).order_by(StatusList.id.desc()).limit(1)
    list_id = session.scalar(newest)
    if list_id is not None:
        drawn = [secrets.randbelow(status.LENGTH) for _ in range(DRAWN)]
        taken = select(Award.status_index).where(Award.status_list_id == list_id, Award.status_index.in_(drawn))
        free = set(drawn).difference(session.scalars(taken))
        if free:
            return list_id, next(bit for bit in drawn if bit in free)
    made = StatusList(provider_id=provider_id, made_at=now)
    session.add(made)
    session.flush()
    return made.id, secrets.randbelow(status.LENGTH)


def sign_list(session: Session, seal: Seal, list_id: int, *, now: datetime) -> SignedList:
    """Sign the list as the revocations make it, valid for 14 days from now, and name it in the head of the log.

    A bit that was ever served stays: a revocation that vanished from the database is not signed away. Where the text
    that was served is not the newest that we signed, the log says which bits were. Raises `ValueError` where the log
    is damaged, too.
    """
    list_ = session.get(StatusList, list_id)
    if list_ is None:
        raise NotFound("There is no such status list.")
    row, head = lock_head(session, seal)
    served = session.get(SignedList, list_id, populate_existing=True) or SignedList(list_id=list_id, text="")
    bits = _told_before(session, head, list_id, served.text)
    revoked = (
        select(Award.status_index)
        .join(Revocation, Revocation.award_id == Award.id)
        .where(Award.status_list_id == list_id)
    )
    for index in session.scalars(revoked):
        bits = bits.revoke(index)
    method = seal.method(_slug_of(session, list_.provider_id))
    document = status.sign_status_list(bits, list_url(seal, list_id), seal.key, method, now)
    served.text, served.signed_at = serialise(document).decode(), now
    session.add(served)
    write_head(session, seal, row, replace(head, lists={**head.lists, list_id: hash_list(served.text)}))
    return served


def _told_before(session: Session, head: Head, list_id: int, served: str) -> status.StatusList:
    """Return the bits that were served last, none for a list that never was."""
    if head.names(list_id, served):
        return read_bits(served)
    if list_id not in head.lists and not served:
        return status.StatusList()
    _log.warning("status list %s is not the one that was signed last; it is made anew from the log", list_id)
    return bits_of_log(session, head, list_id)


def sign_due_lists(session: Session, seal: Seal, *, now: datetime, most: int | None = None) -> int:
    """Sign anew what would run out soon, was never signed or is not ours, at most so many, and return how many.

    Nobody can issue until the transaction ends, so whoever does it beside others' work takes a few at a time.
    """
    found = session.execute(
        select(StatusList.id, SignedList.text, SignedList.signed_at, Provider.slug)
        .join(Provider, Provider.id == StatusList.provider_id)
        .outerjoin(SignedList, SignedList.list_id == StatusList.id)
        .order_by(StatusList.id)
    ).all()
    head = read_head(session, seal)
    due = [
        row.id
        for row in found
        if row.signed_at is None
        or row.signed_at <= now - SIGN_AGAIN
        or not head.names(row.id, row.text)
        or not _is_by_listed_key(seal, row.text, row.slug)
    ]
    for list_id in due[:most]:
        sign_list(session, seal, list_id, now=now)
    return len(due[:most])


def _is_by_listed_key(seal: Seal, served: str, slug: str) -> bool:
    try:
        open_list(served, (seal.did(slug),), tuple(listed_keys(seal)))
    except ValueError:
        return False
    return True


def served_list(session: Session, seal: Seal, list_id: int) -> SignedList:
    """Return a list as it is to be served.

    Raises `NotFound` for none, and `ValueError` for another text than the newest that we signed: an older list of ours
    would tell verifiers elsewhere that a revoked certificate is good.
    """
    both = select(SignedList, *HEAD_COLUMNS).outerjoin(HEAD, HEAD.c.id == 1).where(SignedList.list_id == list_id)
    row = session.execute(both).one_or_none()
    if row is None:
        raise NotFound("There is no such status list, or it is being signed; try again in a minute.")
    served: SignedList = row[0]
    open_head(row[1:], seal).check_list(list_id, served.text)
    return served


def blind_of(seal: Seal, jurisdiction: str, number: str) -> str:
    """Return by what a license is looked up: nobody reads the number from it without the key.

    Case, spaces and hyphens do not count.
    """
    plain = "".join(char for char in unicodedata.normalize("NFKC", number).upper() if char.isalnum())
    return hmac.new(seal.blind, f"{jurisdiction}|{plain}".encode(), hashlib.sha256).hexdigest()


def index_licenses(session: Session, seal: Seal, award: Award, certificate: Certificate) -> None:
    """Make the certificate findable by each license it prints."""
    blinds = sorted(blinds_of(seal, certificate))
    session.add_all(AwardLicense(award_id=award.id, blind=blind) for blind in blinds)
    session.flush()


def blinds_of(seal: Seal, certificate: Certificate) -> set[str]:
    """Return by what a certificate is looked up."""
    return {blind_of(seal, row.jurisdiction, row.number) for row in certificate.licenses}


def bundle_of(session: Session, seal: Seal, award: Award) -> dict[str, Any]:
    """Return what an independent verifier needs: `credential`, `did`, `status_list`, `log`.

    Where the credential was signed anew, `earlier` proves the documents before it, which files of then still carry;
    where it stands no more, `revocation` proves the entry that says when and why.
    Raises `ValueError` where the stored log is damaged, `NotFound` when the list was never signed.
    """
    *earlier, version = versions_of(session, seal, award)
    credential = json.loads(version.credential)
    bundle = {
        "credential": credential,
        "did": seal.did_document(slug_of(credential)),
        "status_list": json.loads(served_list(session, seal, award.status_list_id).text),
        "log": tree.proof_to_json(prove_entry(session, seal, version.log_index)),
    }
    if earlier:
        bundle["earlier"] = [tree.proof_to_json(prove_entry(session, seal, row.log_index)) for row in earlier]
    entries = select(LogEntry).where(LogEntry.sha256 == award.credential_sha256).order_by(LogEntry.index)
    ended = [row.index for row in session.scalars(entries) if tree.read_entry(row.leaf.encode()).kind == "revoke"]
    if ended:
        bundle["revocation"] = tree.proof_to_json(prove_entry(session, seal, ended[0]))
    return bundle


def slug_of(credential: Mapping[str, Any]) -> str:
    """Return the slug of the provider that issued a document."""
    return str(credential["issuer"]["id"]).rpartition(":p:")[2]


def _slug_of(session: Session, provider_id: int) -> str:
    return session.get_one(Provider, provider_id).slug
