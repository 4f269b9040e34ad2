"""The answer to "does this certificate stand?" for machines: the shape `ce-verify/1`, made here and nowhere else."""

from datetime import UTC, datetime
from typing import Any

from lms.awards.document import Certificate, verify_url
from lms.awards.standing import Standing

SCHEMA = "ce-verify/1"


def answer_of(
    standing: Standing, code: str, *, public_url: str, now: datetime, hint: str = "", whole: bool = False
) -> dict[str, Any]:
    """Return the answer as JSON values.

    What a holder keeps back is left out unless `whole`, which is for the boards and the provider it is about.
    """
    certificate = standing.certificate
    open_ = whole or not standing.withheld
    return {
        "schema": SCHEMA,
        "checked_at": moment(now),
        "result": "unknown" if standing.state == "not_found" else standing.state,
        "hint": hint,
        "disclosure": "full" if open_ else "match",
        "certificate": (_facts(certificate) if open_ else _outline(certificate)) if certificate else None,
        "revocation": ({"at": moment(standing.revoked_at), "reason": standing.reason} if standing.revoked_at else None),
        "proof": (
            {
                "credential_sha256": standing.sha256,
                "key": standing.key_id,
                "log_index": standing.log_index,
                "signed_anew_at": moment(standing.anew_at) if standing.anew_at else None,
                "key_struck": standing.key_struck,
            }
            if certificate
            else None
        ),
        "urls": {
            "page": verify_url(public_url, code) if certificate else None,
            "log_checkpoint": f"{public_url}/log/checkpoint",
            "how_to_check_independently": f"{public_url}/api",
        },
    }


def moment(value: datetime) -> str:
    """Return a moment as every answer writes it: UTC, whole seconds, "Z"."""
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _outline(certificate: Certificate) -> dict[str, Any]:
    """Return what is said where the holder turned the page down: what and when, but not who."""
    return {
        "code": certificate.code,
        "activity": certificate.title,
        "activity_code": certificate.module_code,
        "edition": certificate.edition,
        "completed": certificate.completed_on.isoformat(),
        "time_zone": certificate.time_zone,
        "issued": moment(certificate.issued_at),
        "notice": certificate.notice,
        "provider": _provider(certificate),
    }


def _facts(certificate: Certificate) -> dict[str, Any]:
    """Return what is printed on the certificate, in the words of the verification API."""
    return _outline(certificate) | {
        "name": certificate.holder_name,
        "licenses": [
            {"jurisdiction": row.jurisdiction, "credential": row.credential, "number": row.number}
            for row in certificate.licenses
        ],
        "format": certificate.delivery_format,
        "location": certificate.location,
        "authors": [f"{author.name}, {author.credentials}" for author in certificate.authors],
        "credits": [
            {
                "accreditor": credit.accreditor,
                "unit": credit.unit,
                "hours": str(credit.hours),
                "topics": {topic.topic: str(topic.hours) for topic in credit.topics},
                "also_qualifies": list(credit.also_qualifies),
                "provider_number": credit.provider_number,
                "approved_from": credit.approved_from.isoformat(),
                "approved_to": credit.approved_to.isoformat(),
                "statement": credit.statement,
            }
            for credit in certificate.credits
        ],
        "replaces_an_earlier_certificate": certificate.replaces,
    }


def _provider(certificate: Certificate) -> dict[str, str]:
    provider = certificate.provider
    return {
        "name": provider.name,
        "address": provider.address,
        "telephone": provider.telephone,
        "email": provider.email,
        "website": provider.website,
        "signatory": f"{provider.signatory_name}, {provider.signatory_title}",
    }
