"""A certificate as a signed credential: composing, signing, its bit on the status list, its place in the log."""

import hashlib
import hmac
import json
import secrets
import unicodedata
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates import log as tree
from certificates import status
from certificates.certificate import Certificate
from certificates.credential import Issuer, compose, tidy
from certificates.proof import serialise, sign
from lms.awards.keys import Seal, listed_keys
from lms.awards.lists import open_list
from lms.awards.log import append_entry, prove_entry
from lms.awards.models import Award, AwardLicense, Revocation, SignedList, StatusList
from lms.awards.versions import versions_of
from lms.errors import NotFound
from lms.modules.models import Edition
from lms.providers.models import Provider

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
    append_entry(session, seal, tree.Entry("revoke", award.credential_sha256, now, reason))
    sign_list(session, seal, award.status_list_id, now=now)


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
    """Sign the list as the revocations make it, valid for 14 days from now.

    A bit that was ever served stays: a revocation that vanished from the database is not signed away.
    """
    row = session.get(StatusList, list_id)
    if row is None:
        raise NotFound("There is no such status list.")
    slug = _slug_of(session, row.provider_id)
    served = session.get(SignedList, list_id, with_for_update=True) or SignedList(list_id=list_id, text="")
    bits = _told_before(seal, served.text, slug)
    revoked = (
        select(Award.status_index)
        .join(Revocation, Revocation.award_id == Award.id)
        .where(Award.status_list_id == list_id)
    )
    for index in session.scalars(revoked):
        bits = bits.revoke(index)
    document = status.sign_status_list(bits, list_url(seal, list_id), seal.key, seal.method(slug), now)
    served.text, served.signed_at = serialise(document).decode(), now
    session.add(served)
    session.flush()
    return served


def _told_before(seal: Seal, served: str, slug: str) -> status.StatusList:
    """Return the bits that were served last, or none where that was not our list: then the revocations alone count."""
    try:
        return open_list(served, (seal.did(slug),), tuple(listed_keys(seal)))[1]
    except ValueError:
        return status.StatusList()


def sign_due_lists(session: Session, seal: Seal, *, now: datetime) -> int:
    """Sign anew what would run out soon, was never signed or is not signed by a listed key, and return how many.

    The worker does it every five minutes.
    """
    found = session.execute(
        select(StatusList.id, SignedList.text, SignedList.signed_at, Provider.slug)
        .join(Provider, Provider.id == StatusList.provider_id)
        .outerjoin(SignedList, SignedList.list_id == StatusList.id)
    ).all()
    due = [
        row.id
        for row in found
        if row.signed_at is None or row.signed_at <= now - SIGN_AGAIN or not _is_ours(seal, row.text, row.slug)
    ]
    for list_id in due:
        sign_list(session, seal, list_id, now=now)
    return len(due)


def _is_ours(seal: Seal, served: str, slug: str) -> bool:
    try:
        open_list(served, (seal.did(slug),), tuple(listed_keys(seal)))
    except ValueError:
        return False
    return True


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

    Where the credential was signed anew, `earlier` proves the documents before it, which files of then still carry.
    Raises `ValueError` where the stored log is damaged, `NotFound` when the list was never signed.
    """
    *earlier, version = versions_of(session, seal, award)
    credential = json.loads(version.credential)
    served = session.get(SignedList, award.status_list_id)
    if served is None:
        raise NotFound("The status list of this certificate is being signed; try again in a minute.")
    bundle = {
        "credential": credential,
        "did": seal.did_document(slug_of(credential)),
        "status_list": json.loads(served.text),
        "log": tree.proof_to_json(prove_entry(session, seal, version.log_index)),
    }
    if earlier:
        bundle["earlier"] = [tree.proof_to_json(prove_entry(session, seal, row.log_index)) for row in earlier]
    return bundle


def slug_of(credential: Mapping[str, Any]) -> str:
    """Return the slug of the provider that issued a document."""
    return str(credential["issuer"]["id"]).rpartition(":p:")[2]


def _slug_of(session: Session, provider_id: int) -> str:
    return session.get_one(Provider, provider_id).slug
