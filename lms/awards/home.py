"""Where certificates say they come from: frozen with the first one, for every one names the host and the key."""

from pathlib import Path
from urllib.parse import unquote

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from certificates.keys import write_multikey
from lms.awards.keys import Seal, note_former_host
from lms.awards.models import Award


def why_not_home(session: Session, seal: Seal) -> str:
    """Return why certificates must not be issued or checked here, in words for who starts us; empty where all is well.

    The first and the last certificate speak for all: between two starts that pass, the host does not change.
    """
    known = {write_multikey(key) for key in (*seal.listed, *(row.key for row in seal.struck))}
    for method in _methods(session):
        host, key = host_of(method), method.partition("#")[2]
        if host not in (seal.host, *seal.former):
            return (
                f"Certificates were issued under {host}, and PUBLIC_URL says {seal.host}. Each of them names its host: "
                "no verifier elsewhere would find who issued it.\n"
                f"Set PUBLIC_URL to the address with {host} again (PORT may be another one), or take another "
                "LMS_DATA_DIR.\nIf you really have moved, read docs/keys.md and run: "
                ".venv/bin/flask --app wsgi host accept"
            )
        if key not in known:
            return (
                "The key file is not the one that certificates were signed with: it lacks the key of one of them.\n"
                "Restore keys.json in LMS_DATA_DIR from a backup that belongs to this database."
            )
    return ""


def accept_host(session: Session, seal: Seal, folder: Path) -> list[str]:
    """Write down that certificates of other hosts are ours, and return which; none where nothing has moved."""
    moved = sorted({host_of(method) for method in _methods(session)} - {seal.host, *seal.former})
    for host in moved:
        note_former_host(folder, host)
    return moved


def host_of(method: str) -> str:
    """Return the host, with its port, of a key's id such as `did:web:localhost%3A8080:p:slug#z6Mk...`."""
    return unquote(method.removeprefix("did:web:").split("#")[0].split(":")[0])


def _methods(session: Session) -> list[str]:
    ends = select(func.min(Award.id)).union_all(select(func.max(Award.id)))
    return list(session.scalars(select(Award.key_id).where(Award.id.in_(ends)).order_by(Award.id)))
