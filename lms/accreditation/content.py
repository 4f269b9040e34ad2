"""The fingerprint of an edition: SHA-256 over a canonical JSON of everything that is taught and asked."""

import hashlib
import json
from collections.abc import Collection
from typing import Any

from lms.accreditation.queries import Dossier
from lms.modules.models import Media
from lms.modules.text import media_ids

EDITION = (
    "title", "summary", "description", "level", "audience", "topics", "also_qualifies", "content_warning",
    "crisis_box", "commercial_support", "originality", "content_license", "cost", "policies", "without_credit",
)  # fmt: skip


def hash_of(dossier: Dossier, media: Collection[Media]) -> str:
    """Return the hash in hex; it knows no ids, numbers and moments, so that the same content gives the same hash."""
    canonical = json.dumps(canon(dossier, media), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def canon(dossier: Dossier, media: Collection[Media]) -> dict[str, Any]:
    """Return what is hashed, as JSON can write it; lists are in the order of the pages."""
    edition = dossier.edition
    keys = {objective.id: objective.key for objective in dossier.objectives}
    return {
        **{name: getattr(edition, name) for name in EDITION},
        "difficulty": f"{edition.difficulty:f}",
        "dates": [day and day.isoformat() for day in (edition.released_on, edition.reviewed_on, edition.expires_on)],
        "lessons": [[row.slug, row.title, row.body] for row in dossier.lessons],
        "media": _media(dossier, media),
        "contributors": [
            [row.role, row.name, row.credentials, row.bio, row.disclosure] for row in dossier.contributors
        ],
        "references": [[row.citation, row.year, row.url, row.seminal] for row in dossier.references],
        "objectives": [[row.key, row.text] for row in dossier.objectives],
        "items": [[keys[row.objective_id], row.kind, row.stem, row.definition] for row in dossier.items],
        "quiz": _quiz(dossier),
        "draws": {keys[objective_id]: count for objective_id, count in dossier.draws.items()},
        "credit": {
            row.accreditor: [row.method, f"{row.hours:f}", row.topics]
            for claim in dossier.claims
            if (row := claim.calculation)
        },
    }


def _media(dossier: Dossier, media: Collection[Media]) -> dict[str, Any]:
    """Return what the lessons show, by the name they give it, as its own hash, its words and its captions' hash."""
    rows = {row.id: row for row in media}
    shown = {number for lesson in dossier.lessons for number in media_ids(lesson.body) if number in rows}
    return {
        f"media:{number}": [row.sha256, row.alt, rows[row.captions_id].sha256 if row.captions_id in rows else ""]
        for number in shown
        if (row := rows[number])
    }


def _quiz(dossier: Dossier) -> list[Any]:
    quiz = dossier.quiz
    return [quiz.pass_mark, quiz.attempts, quiz.cooldown_minutes, quiz.shuffle] if quiz else []
