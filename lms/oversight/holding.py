"""A license as oversight speaks of it: how it is written, compared and said; pure."""

from dataclasses import dataclass

from lms.awards import document
from lms.oversight.sample import squeeze


@dataclass(frozen=True, slots=True)
class Holding:
    """A license as it is written, and what it is compared by."""

    jurisdiction: str
    credential: str
    number: str

    def __str__(self) -> str:
        return f"{self.jurisdiction}|{self.credential}|{self.number}"

    @property
    def license(self) -> str:
        """Letters and number."""
        return document.spoken(self.credential, self.number)

    def is_named_by(self, certificate: document.Certificate) -> bool:
        """Whether the certificate was issued for this license."""
        mine = (self.jurisdiction, squeeze(self.credential), squeeze(self.number))
        return any(
            (row.jurisdiction, squeeze(row.credential), squeeze(row.number)) == mine for row in certificate.licenses
        )
