"""The controlled vocabularies of the field: code → the words a person reads."""

from certificates import places

JURISDICTIONS = places.JURISDICTIONS

PROFESSIONS = {
    "psychologist": "Psychologists",
    "social_worker": "Social workers",
    "counselor": "Counselors",
    "mft": "Marriage and family therapists",
    "addiction_counselor": "Addiction counselors",
    "educational_psychologist": "Educational psychologists",
}

TOPICS = {
    "general": "General",
    "clinical": "Clinical",
    "ethics": "Ethics",
    "law_ethics": "Law and ethics",
    "telehealth": "Telehealth",
    "cultural_competence": "Cultural competence",
    "implicit_bias": "Implicit bias",
    "health_equity": "Health equity",
    "anti_racism": "Anti-racism",
    "anti_discrimination": "Anti-discrimination",
    "suicide": "Suicide prevention",
    "supervision": "Supervision",
    "boundaries": "Boundaries",
    "child_abuse": "Child abuse reporting",
    "domestic_violence": "Domestic violence",
    "human_trafficking": "Human trafficking",
    "hiv_aids": "HIV and AIDS",
    "medical_errors": "Medical errors",
    "pain_management": "Pain management",
    "opioids": "Opioids",
    "sexual_harassment": "Sexual harassment",
    "state_law": "State law",
    "substance_use_specific": "Substance use",
}

LEVELS = {"beginning": "Beginning", "intermediate": "Intermediate", "advanced": "Advanced"}

FORMATS = {
    "self_paced": "self-paced, asynchronous, non-interactive (home study)",
    "live_webinar": "live, synchronous, interactive (webinar)",
}

PROVIDER_ROLES = {"author": "Author", "reviewer": "Reviewer", "manager": "Manager"}
ROLE_TASKS = {
    "author": "Authors write modules and their questions, and hand them in for review.",
    "reviewer": "Reviewers read what others wrote, and publish it or send it back.",
    "manager": "Managers do both, and keep the provider's settings, approvals and certificates.",
}

REVOCATION_REASONS = {
    "issued_in_error": "Issued in error",
    "requirements_not_met": "Requirements not met",
    "misconduct": "Misconduct",
    "replaced": "Replaced by a corrected certificate",
}

RESERVED_SLUGS = frozenset({
    "new", "edit", "preview", "looks", "look", "audits", "batches", "tokens", "webhooks", "witnesses", "members",
    "seats", "settings", "approvals", "roster", "search", "none", "all", "api", "admin",
})  # fmt: skip
"""Words that stand where a board's or provider's slug stands in an address, or may one day."""


def labels(codes: list[str], vocabulary: dict[str, str]) -> list[str]:
    """Return the words for the codes, in the vocabulary's order; an unknown code stands for itself."""
    known = [word for code, word in vocabulary.items() if code in codes]
    return known + [code for code in codes if code not in vocabulary]


DESIGNS = {
    "classic": ("Classic", "A guilloche frame and a gold seal around one axis. The one for the wall."),
    "modern": ("Modern", "A teal band, two columns and much white."),
    "plain": ("Plain", "Black ink and one gold rule. At home on any office printer."),
}
"""Designs of certificates: their titles and what they look like; a design that is not here goes by its file name."""
