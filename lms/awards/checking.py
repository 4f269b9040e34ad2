"""Is this file what was issued: what `certificates.verify` asks, answered from our records."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.carriers import Kind
from certificates.fonts import FontShelf
from certificates.verify import Issued, Report, Result, Size, check_file, draw_again
from lms.awards.dress import load_pictures
from lms.awards.keys import Seal
from lms.awards.models import Award
from lms.awards.standing import Standing, standing_of
from lms.awards.versions import versions_of
from lms.files import Shelf

MOST_BYTES = 8 * 1024 * 1024


KEPT_BACK = (
    "The code in this file belongs to a certificate we issued. Its holder keeps back what it says, and the file has "
    "no signed credential, so the two are not compared: ask the holder for the file as it was downloaded, or compare "
    "the name or the license number on the certificate's page."
)


@dataclass(slots=True)
class Records:
    """Answers for one file; remembers how the code it bears stands, for the page."""

    session: Session
    seal: Seal
    fonts: FontShelf
    files: Shelf
    standing: Standing = field(default_factory=lambda: Standing("not_found"))

    def issued(self, code: str) -> Issued | None:
        """Return what was issued under this code; where our own records disagree nothing is vouched for."""
        standing = standing_of(self.session, code, self.seal)
        if standing.state == "not_found":
            return None
        self.standing = standing
        award = self.session.scalars(select(Award).where(Award.code == code)).one()
        word = standing.state if standing.state in ("valid", "revoked", "replaced") else "unknown"
        keys = self.seal.listed
        *earlier, newest = (
            Issued(version.credential.encode(), version.sha256, word, keys)
            for version in versions_of(self.session, self.seal, award)
        )
        return replace(newest, earlier=tuple(earlier))

    def redraw(self, issued: Issued, kind: Kind, size: Size) -> Sequence[bytes]:
        """Return the file of this kind that we hand out for it."""
        certificate = self.standing.certificate
        if certificate is None:
            return ()
        award = self.session.scalars(select(Award).where(Award.code == certificate.code)).one()
        pictures = load_pictures(certificate, self.files)
        return draw_again(
            certificate, issued.credential, kind, size, self.fonts, design=award.design, pictures=pictures
        )


def check_upload(records: Records, content: bytes, *, by_anybody: bool = False) -> Report:
    """Say whether an uploaded file of at most 8 MB is what was issued; it never raises.

    Where our own records of the certificate do not agree with each other, the answer is "cannot check", whatever the
    file says. So it is for `by_anybody` where the holder keeps back what it says and the file carries no credential:
    such files can be made by the hundred, each with another guess.
    """
    report = check_file(content, records)
    if by_anybody and records.standing.withheld and report.unsigned:
        return Report(Result.CANNOT_CHECK, KEPT_BACK, report.code, report.standing)
    if records.standing.state == "cannot_check":
        return Report(Result.CANNOT_CHECK, "We cannot check this certificate at the moment.", report.code)
    return report
