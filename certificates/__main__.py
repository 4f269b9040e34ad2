"""`python -m certificates verify FILE`: is this certificate genuine? Without the server, the database or the network.

The one place of this library that reads a clock and the disk for whoever runs it.
"""

import argparse
import json
import sys
import tempfile
import textwrap
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from certificates.carriers import MOST_BYTES, read_json
from certificates.certificate import format_hours, spell_hours
from certificates.codes import group_code
from certificates.fonts import FontShelf
from certificates.keys import keys_of, read_multikey
from certificates.log import Vkey, read_vkey
from certificates.packet import MOST_BYTES as MOST_PACKED
from certificates.packet import check_packet, is_packet
from certificates.printed import Difference
from certificates.sandbox import Unreadable
from certificates.verify import (
    MOST_BUNDLE,
    Bundle,
    Report,
    Result,
    Trust,
    bundle_of,
    check_offline,
    draw_again,
    read_bundle,
    report_to_json,
)

MISTAKE = 4
MARKS = {True: "passed", False: "FAILED", None: "not checked"}
EXITS = """exit codes:
  0  genuine, as issued, and not revoked
  1  altered, back-dated, revoked or replaced
  2  cannot be checked, or whether it was revoked cannot be
  3  no certificate of this issuer, or a file that is damaged
  4  nothing was checked: a mistake in the command, or a file that it names cannot be opened or is not what it should be

Get the issuer's keys (its did.json) or the key of its log from the issuer itself, not from whoever sent the file:
a bundle vouches for nobody."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code; leave with 4 where nothing could be checked."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    try:
        content = _read_whole(asked.file)
        bundle = _read_bundle(asked.bundle) if asked.bundle else Bundle()
        trust = Trust(asked.at or datetime.now(UTC), _read_keys(asked.keys) if asked.keys else {}, asked.vkey)
    except OSError as error:
        parser.error(f"{error.filename} cannot be opened: {(error.strerror or str(error)).lower()}")
    except ValueError as error:  # what the file itself is, `_check` says
        parser.error(str(error))
    report = _check(content, bundle, trust)
    words = json.dumps(report_to_json(report), ensure_ascii=False, indent=2) if asked.json else _spell(report)
    sys.stdout.write(words + "\n")
    return exit_code(report)


def _check(content: bytes, bundle: Bundle, trust: Trust) -> Report:
    if is_packet(content):
        return check_packet(content, trust.keys)
    with tempfile.TemporaryDirectory(prefix="certificates-") as folder:
        shelf = FontShelf.build(Path(folder))
        return check_offline(
            content,
            bundle,
            trust,
            lambda facts, credential, kind, size, pictures: draw_again(
                facts, credential, kind, size, shelf, pictures=pictures
            ),
        )


def exit_code(report: Report) -> int:
    """Return 0 for a genuine certificate that stands, 1 for bad news, 2 for no news, 3 for another's file."""
    if report.result in (Result.UNREADABLE, Result.NOT_OURS):
        return 3
    if report.result is Result.ALTERED or report.standing in ("revoked", "replaced"):
        return 1
    return 0 if report.result is Result.IDENTICAL and report.standing == "valid" else 2


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Leave with a code that is no answer: argparse's own would say "cannot be checked"."""
        self.print_usage(sys.stderr)
        self.exit(MISTAKE, f"{self.prog}: {message}\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m certificates")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    verify = commands.add_parser(
        "verify",
        help="say whether a certificate is genuine and stands",
        description="Say whether a certificate (PDF, PNG, SVG or JSON) is genuine and stands, or an audit packet (ZIP) "
        "is what was put together, without asking anyone.",
        epilog=EXITS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verify.add_argument(
        "file", type=Path, metavar="FILE", help="the certificate, a bundle.json with one in it, or a packet"
    )
    verify.add_argument(
        "--bundle",
        type=Path,
        metavar="DIR|FILE",
        help="bundle.json, or a folder with one, or with did.json, status_list.json, log.json and credential.json; "
        "each of these takes the place of its part of the bundle",
    )
    verify.add_argument(
        "--keys",
        type=Path,
        metavar="FILE",
        help="the issuer's did.json, or its key ids (did:web:...#z6Mk...), a line each",
    )
    verify.add_argument("--vkey", type=_vkey, metavar="KEY", help="the key of the issuer's log, name+id+key, or a file")
    verify.add_argument(
        "--at", type=_moment, metavar="TIME", help="judge as of this moment, such as 2026-11-21T18:00:00Z"
    )
    verify.add_argument("--json", action="store_true", help="print the report as JSON")
    return parser


def _vkey(text: str) -> Vkey:
    try:
        return read_vkey(_read(Path(text)).decode() if Path(text).is_file() else text)
    except (OSError, ValueError) as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.utcoffset() is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no moment with its time zone, such as 2026-11-21T18:00:00Z")
    return moment


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


def _read_whole(path: Path) -> bytes:
    """Return a file that is to be checked; only an archive may be larger than a certificate."""
    with path.open("rb") as file:
        head = file.read(MOST_BYTES + 1)
        return head + (file.read(MOST_PACKED + 1 - len(head)) if head.startswith(b"PK") else b"")


def _read_bundle(path: Path) -> Bundle:
    if not path.is_dir():
        return read_bundle(_read(path))
    whole = path / "bundle.json"
    parts = read_json(_read(whole), MOST_BUNDLE) if whole.is_file() else {}
    files = {name: path / f"{name}.json" for name in ("credential", "did", "status_list", "log")}
    return bundle_of(parts | {name: read_json(_read(file)) for name, file in files.items() if file.is_file()})


def _read_keys(path: Path) -> Mapping[str, Ed25519PublicKey]:
    content = _read(path)
    if content.lstrip()[:1] == b"{":
        return keys_of(read_json(content))
    names = content.decode().split()
    if not names:
        raise Unreadable(f"There is no key in {path}.")
    return {name: read_multikey(name.partition("#")[2]) for name in names}


def _spell(report: Report) -> str:
    """Return the report for people: one sentence, then the facts to compare, then each step."""
    parts = ["\n".join(textwrap.wrap(report.sentence, 100))]
    if report.differences:
        lines = [
            f"  {one.fact}\n    issued: {one.issued}\n    found:  {one.found}"
            for one in map(_on_one_line, report.differences)
        ]
        parts.append("What differs:\n" + "\n".join(lines))
    if report.certificate:
        parts.append("Compare with the document in your hand:\n" + "\n".join(_facts(report)))
    if report.checks:
        parts.append(
            "Steps:\n" + "\n".join(f"  {one.name:<10} {MARKS[one.passed]:<12} {one.words}" for one in report.checks)
        )
    # a file could speak to the terminal: colors, cursor, a line that says VALID
    return "".join(sign if sign.isprintable() or sign == "\n" else "\ufffd" for sign in "\n\n".join(parts))


def _on_one_line(one: Difference) -> Difference:
    return Difference(*(" ".join(text.split()) for text in (one.fact, one.issued, one.found)))


def _facts(report: Report) -> list[str]:
    facts = report.certificate
    if facts is None:
        return []
    told = [
        ("Name", facts.holder_name),
        *(("License", f"{one.jurisdiction} {one.spoken}") for one in facts.licenses),
        ("Module", f"{facts.title} ({facts.module_code}, edition {facts.edition})"),
        ("Completed", f"{facts.completed_on} ({facts.time_zone})"),
        ("Issued", f"{facts.issued_at:%Y-%m-%d %H:%M:%S} UTC"),
        ("Provider", facts.provider.name),
    ]
    for credit in facts.credits:
        topics = ", ".join(f"{topic.label} {format_hours(topic.hours)}" for topic in credit.topics)
        number = f"{credit.accreditor_name} ({credit.accreditor}), number {credit.provider_number}"
        told.append(
            ("Credit", f"{spell_hours(credit.hours, credit.unit)}, {number}" + (f"; {topics}" if topics else ""))
        )
    told += [("Notice", facts.notice)] if facts.notice else []
    told += [("Code", group_code(facts.code)), ("Check at", facts.verify_url)]
    return [f"  {name:<10} {' '.join(text.split())}" for name, text in told]


if __name__ == "__main__":
    sys.exit(main())
