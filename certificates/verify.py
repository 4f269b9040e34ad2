"""Is this file what was issued? Compares any file with what is known, or with a bundle when nobody can be asked.

A file is judged by the hash of its credential (RFC 8785 bytes) and by what its page shows; foreign JSON never
reaches the canonicaliser here, except offline on the checker's own machine, within the bounds of `proof`. What
may never enter: a database, the network, a clock.
"""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any, Literal, Protocol, TypeAlias
from urllib.parse import unquote

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from certificates import proof
from certificates.carriers import Contents, Kind, codes_in, read_file, read_json
from certificates.certificate import Certificate, JsonValue, to_json
from certificates.codes import group_code, read_code
from certificates.credential import facts_of
from certificates.design import NO_PICTURES, drawing_edition, list_designs, print_facts
from certificates.fonts import FontShelf
from certificates.image import WIDTHS, draw_png, draw_svg
from certificates.keys import keys_of
from certificates.log import Entry, LogProof, NotProven, Vkey, proof_from_json
from certificates.pdf import draw_pdf
from certificates.printed import ADDED, MISSING, Difference, compare_facts, compare_json, compare_text
from certificates.sandbox import Task, Unreadable, ask
from certificates.stamp import bare_of, has_stamp
from certificates.status import StatusEntry, is_revoked

Standing: TypeAlias = Literal["valid", "revoked", "replaced", "unknown"]
Size: TypeAlias = tuple[float, float]
# certificate, credential, kind, size, pictures by SHA-256: the files that may have been handed out
Redraw: TypeAlias = Callable[[Certificate, bytes, Kind, Size, Mapping[str, bytes]], Sequence[bytes]]

# the same program draws both, so equal pages differ by 0; a lost decimal point of small print gives 13 (of 255)
SAME_PICTURE = 4
SAME_SHAPES = 12  # see `parsers._shapes`
MOST_DRAWINGS = 6
MOST_BUNDLE = 4 * 1024 * 1024  # with the provider's pictures
MOST_EARLIER = 20
TITLE = "Certificate of completion: "  # as `designs/_document.typ` begins it
WORDS_OF_A_PAGE = 40  # with fewer, a PDF is a scan
A4_SHAPE, LETTER_SHAPE = 297 / 210, 11 / 8.5
BACK_DATED = timedelta(days=1)
PARTS = ("credential", "did", "status_list", "log", "revocation", "pictures")
NO_FACTS = {
    "QR code", "pages", "laid over the page", "title of the file", "link", "hidden in the file", "picture", ADDED,
    MISSING,
}  # fmt: skip
COMPARE: dict[str, Task] = {"pdf": "compare_pdf", "png": "compare_png", "svg": "compare_svg"}


SENTENCES: dict[Standing, str] = {
    "valid": "VALID: this is what was issued, and it was not revoked as of {as_of}, when the list of revocations was "
    "signed. Get a newer bundle to know more.",
    "revoked": "REVOKED: this is what was issued, but it has been revoked{as_of}.",
    "replaced": "REPLACED: this is what was issued, but it was replaced by a corrected certificate{as_of}. Ask the "
    "holder for that one.",
    "unknown": "This is what was issued, but whether it has been revoked since could not be checked.",
}


class Result(StrEnum):
    """What was found of a file; only `IDENTICAL` is good news, and only together with the standing "valid"."""

    IDENTICAL = "identical"
    ALTERED = "altered"
    NOT_OURS = "not_ours"
    CANNOT_CHECK = "cannot_check"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Issued:
    """What the caller knows of one code: the stored bytes, the JCS SHA-256 in the log, and how it stands today.

    `keys` are those that may have stamped its files; `earlier` are documents that it had before it was signed anew.
    """

    credential: bytes
    sha256: str
    standing: Standing = "valid"
    keys: tuple[Ed25519PublicKey, ...] = ()
    earlier: tuple["Issued", ...] = ()


class Known(Protocol):
    """Whom `check_file` asks."""

    def issued(self, code: str) -> Issued | None:
        """Return what was issued under this code, or `None`."""

    def redraw(self, issued: Issued, kind: Kind, size: Size) -> Sequence[bytes]:
        """Return the files of this kind that may have been handed out; none where they can no longer be drawn alike.

        `size` is the size of the file in question, points of a page or pixels of a PNG; see `draw_again`.
        """


@dataclass(frozen=True, slots=True)
class Check:
    """One step and how it ended: `None` where it could not be taken."""

    name: str
    passed: bool | None
    words: str


SAME_BYTES = Check("page", True, "The file is the one we hand out, byte for byte.")
MADE_ANEW = Check(
    "page",
    None,
    "Some program made a new file of the one we hand out. Every fact on the page reads as it was signed, but each "
    "letter is drawn a little otherwise, so nobody can say that the page is ours.",
)
NO_CODE = (
    "There is no readable code in this picture. Photograph the QR code closer and straight on, or type the code that "
    "stands below it."
)
ANEW = (
    " Its credential was signed anew since, with another key: a program that refuses the signature in this file takes "
    "the certificate that its holder can download today."
)


@dataclass(frozen=True, slots=True)
class Report:
    """What was found, in a sentence for people and in parts for programs.

    `certificate` has the facts as signed, where there are any to compare with; `standing` is "unknown" where it
    could not be learned.
    """

    result: Result
    sentence: str
    code: str = ""
    standing: Standing = "unknown"
    certificate: Certificate | None = None
    differences: tuple[Difference, ...] = ()
    checks: tuple[Check, ...] = ()
    unsigned: bool = False
    """The file bears a code of ours and carries no credential at all, so that anybody can have made it."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a certificate needs to be checked without its issuer; `None` for what is missing.

    `earlier` proves the documents that this credential took the place of when it was signed anew, oldest first;
    `revocation` proves the log's entry that says when and why it stands no more.
    """

    credential: Mapping[str, Any] | None = None
    did: Mapping[str, Any] | None = None
    status_list: Mapping[str, Any] | None = None
    log: LogProof | None = None
    earlier: tuple[LogProof, ...] = ()
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    revocation: LogProof | None = None


@dataclass(frozen=True, slots=True)
class Trust:
    """What the checker holds independently of the file and its bundle: keys by id, the log's key, the moment."""

    at: datetime
    keys: Mapping[str, Ed25519PublicKey] = field(default_factory=dict)
    vkey: Vkey | None = None


def draw_again(
    certificate: Certificate,
    credential: bytes,
    kind: Kind,
    size: Size,
    shelf: FontShelf,
    *,
    design: str = "",
    pictures: Mapping[str, bytes] = NO_PICTURES,
) -> tuple[bytes, ...]:
    """Return the file that `draw_pdf`, `draw_png` or `draw_svg` makes, in the paper or width of another's size.

    Without a design there is one for each. Empty for kinds that are not drawn and for what cannot be drawn here.
    """
    width = min(max(round(size[0]), WIDTHS[0]), WIDTHS[-1])
    shape = max(size) / max(min(size), 1)
    paper: Literal["a4", "letter"] = "a4" if shape > (A4_SHAPE + LETTER_SHAPE) / 2 else "letter"
    draw: dict[str, Callable[[str], bytes]] = {
        "pdf": lambda name: draw_pdf(certificate, shelf, name, paper, credential, pictures),
        "png": lambda name: draw_png(certificate, shelf, name, width, credential, pictures),
        "svg": lambda name: draw_svg(certificate, shelf, name, credential, pictures),
    }
    try:
        return tuple(draw[kind](name) for name in ([design] if design else list_designs())) if kind in draw else ()
    except ValueError:
        return ()


def report_to_json(report: Report) -> dict[str, JsonValue]:
    """Return the report for programs; `certificate` has the shape of `certificate.to_json`, or is null."""
    return {
        "schema": "ce-file-check/1",
        "result": report.result.value,
        "standing": report.standing,
        "sentence": report.sentence,
        "code": report.code,
        "certificate": to_json(report.certificate) if report.certificate else None,
        "differences": [{"fact": one.fact, "issued": one.issued, "found": one.found} for one in report.differences],
        "checks": [{"name": one.name, "passed": one.passed, "words": one.words} for one in report.checks],
    }


# ---- with the records at hand ----


def check_file(content: bytes, known: Known) -> Report:
    """Say whether a file of at most 8 MB is what was issued under the code it bears; it never raises.

    A file without a credential (a photo, a scan, a stripped PDF) is at best CANNOT_CHECK, with the certificate
    its code belongs to: a picture of a code proves nothing about what stands beside it.
    """
    try:
        contents = read_file(content)
        documents = tuple(read_json(credential) for credential in contents.credentials)
    except Unreadable as error:
        return Report(Result.UNREADABLE, str(error))
    asked = _codes_of(contents, documents)
    for code in asked:
        issued = known.issued(code)
        if issued is not None:
            return _compare(content, contents, documents, code, issued, known)
    if not (asked or documents or contents.qr) and _is_picture(contents):
        return Report(Result.CANNOT_CHECK, NO_CODE)
    if not asked:
        return Report(Result.NOT_OURS, "There is no certificate of ours in this file, nor a code of one.")
    return Report(Result.NOT_OURS, "We have issued no certificate with the code in this file.", asked[0])


def _is_picture(contents: Contents) -> bool:
    scan = contents.kind == "pdf" and len(contents.text.split()) < WORDS_OF_A_PAGE
    return scan or contents.kind in ("picture", "png")


def _codes_of(contents: Contents, documents: tuple[dict[str, Any], ...]) -> tuple[str, ...]:
    """Return the codes to look for, the credential's own first; a forger may have changed one and not another."""
    codes: dict[str, None] = {}
    for document in documents:
        facts = _facts_of(document)
        codes.update(dict.fromkeys((*_code(facts.code if facts else ""), *codes_in(document))))
    for text in contents.qr:
        codes.update(dict.fromkeys(_code(text)))
    codes.update(dict.fromkeys(codes_in({"text": contents.text})))
    return tuple(codes)[:8]


def _code(text: str) -> tuple[str, ...]:
    try:
        return (read_code(text),)
    except ValueError:
        return ()


def _facts_of(document: Mapping[str, Any]) -> Certificate | None:
    try:
        return facts_of(document)
    except ValueError:
        return None


def _compare(
    content: bytes,
    contents: Contents,
    documents: tuple[dict[str, Any], ...],
    code: str,
    issued: Issued,
    known: Known,
) -> Report:
    found, latest = _sha256(documents[0]) if documents else "", issued
    issued = next((one for one in issued.earlier if one.sha256 == found), issued)
    outdated = issued is not latest
    original = _stored(issued)
    certificate = _facts_of(original) if original is not None else None
    if original is None or certificate is None:
        return Report(
            Result.CANNOT_CHECK,
            "Our own record of this certificate does not agree with the log, so nothing can be said about it. "
            "This is our fault, and it has to be looked into.",
            code,
        )

    def answer(result: Result, sentence: str, *differences: Difference, checks: tuple[Check, ...] = ()) -> Report:
        unsigned = not documents
        return Report(result, sentence, code, issued.standing, certificate, differences, checks, unsigned)

    if len(documents) > 1:
        both = Difference("credential", "one", str(len(documents)))
        return answer(Result.ALTERED, "ALTERED: this file carries more than one credential.", both)
    if documents and found != issued.sha256:
        different = _differences(original, documents[0])
        return answer(Result.ALTERED, "ALTERED: the credential in this file is not the one we issued.", *different)
    page, checks = _look(
        _Page(content, contents, certificate, issued.keys, signed=bool(documents)),
        lambda kind, size: known.redraw(issued, kind, size),
    )
    result, sentence = _judge_page(contents, page, checks, signed=bool(documents))
    if outdated and result is Result.IDENTICAL:
        sentence += ANEW
    return answer(result, sentence, *page, checks=checks)


def _judge_page(
    contents: Contents, page: tuple[Difference, ...], checks: tuple[Check, ...], *, signed: bool
) -> tuple[Result, str]:
    if page:
        return Result.ALTERED, "ALTERED: what this file shows is not what we issued."
    if contents.kind == "picture" or (contents.kind == "png" and not signed):
        return Result.CANNOT_CHECK, (
            "The code in this picture belongs to a certificate we issued. A picture can be changed, so compare "
            "every fact below with it, or ask for the PDF."
        )
    if not signed:
        seen = all(check.passed for check in checks)
        return Result.CANNOT_CHECK, (
            "This file lacks the signed credential it was issued with, but everything it shows is what we issued."
            if seen and contents.kind == "pdf"
            else "This file bears the code of a certificate we issued and nothing else that could be checked. "
            "Compare every fact below with it, or ask for the PDF."
        )
    if not all(check.passed for check in checks):
        return Result.CANNOT_CHECK, (
            "The credential in this file is the one we issued, but what the page shows could not be compared with "
            "it: ask for the file as it was downloaded, or compare every fact below by eye."
        )
    if all(check is SAME_BYTES for check in checks):
        return Result.IDENTICAL, "This file is identical to what we issued."
    return Result.IDENTICAL, (
        "What this file carries and shows is what we issued. The file itself was saved again by some program."
    )


def _stored(issued: Issued) -> dict[str, Any] | None:
    """Return the stored document if it is the one in the log."""
    try:
        document = read_json(issued.credential)
    except Unreadable:
        return None
    return document if _sha256(document) == issued.sha256 else None


def _sha256(document: Mapping[str, Any]) -> str:
    try:
        return proof.jcs_sha256(document)
    except ValueError:
        return ""  # no certificate has it: what has no canonical form was never issued


def _differences(issued: Mapping[str, Any], found: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Return the facts that differ, or, when all of them agree, the places of the document that do."""
    ours, theirs = _facts_of(issued), _facts_of(found)
    facts = compare_facts(ours, theirs) if ours and theirs else ()
    # the hash differs: if no value does, a type does, such as 1 and "1"
    unseen = (Difference("form of the document", "as issued", "another"),)
    return facts or compare_json(issued, found) or unseen


# ---- what the page shows ----


@dataclass(frozen=True, slots=True)
class _Page:
    """A file whose credential, if it is signed, is ours, and who may have stamped it."""

    content: bytes
    contents: Contents
    certificate: Certificate
    keys: Sequence[Ed25519PublicKey]
    signed: bool


def _look(
    page: _Page, redraw: Callable[[Kind, Size], Sequence[bytes]]
) -> tuple[tuple[Difference, ...], tuple[Check, ...]]:
    """Return how the page differs from the certificate, and what was looked at."""
    contents, certificate = page.contents, page.certificate
    kind = contents.kind
    if kind == "json":
        return (), ()
    wrong = [text for text in contents.qr if text != certificate.verify_url]
    codes = tuple(Difference("QR code", certificate.verify_url, text[:200]) for text in wrong)
    if kind == "picture" or not (page.signed or kind == "pdf"):
        return codes, ()
    if not page.signed and _is_picture(contents):
        return codes, (Check("page", None, "This PDF is a scan or a photo, which cannot be compared."),)
    if page.signed and has_stamp(page.content, page.keys):
        return (), (SAME_BYTES,)
    drawings = redraw(kind, contents.size)[:MOST_DRAWINGS]
    if page.content in drawings or bare_of(page.content) in drawings:
        return (), (SAME_BYTES,)
    found, check = _look_closer(page.content, contents, certificate, drawings)
    different = (*codes, *_additions(contents, certificate), *found)
    return tuple(sorted(different, key=lambda one: one.fact in NO_FACTS)), (check,)  # the facts first


def _additions(contents: Contents, certificate: Certificate) -> tuple[Difference, ...]:
    """Return what no certificate of ours has, whatever its design."""
    found: list[Difference] = []
    if contents.pages != 1:
        found.append(Difference("pages", "1", str(contents.pages)))
    if contents.overlays:
        found.append(Difference("laid over the page", "", ", ".join(contents.overlays)))
    title = f"{TITLE}{certificate.title}, {certificate.holder_name}"
    if contents.title.startswith(TITLE) and contents.title != title:  # programs that print put their own there
        found.append(Difference("title of the file", title, contents.title))
    provider = print_facts(certificate)["provider"]
    website = provider["website_url"] if isinstance(provider, dict) else ""
    ours = {_bare(certificate.verify_url), _bare(str(website)), _bare(f"mailto:{certificate.provider.email}")}
    found += [Difference("link", certificate.verify_url, link) for link in contents.links if _bare(link) not in ours]
    return tuple(found)


def _bare(address: str) -> str:
    return unquote(address).strip().rstrip("/")


def _look_closer(
    content: bytes, contents: Contents, certificate: Certificate, drawings: Sequence[bytes]
) -> tuple[tuple[Difference, ...], Check]:
    """Return how the page differs from the drawing it differs from least."""
    if not drawings:
        said = compare_text(contents.text, certificate) if contents.kind == "pdf" else ()
        return said, Check("page", None, "There is no drawing of ours to compare the page with.")
    found: list[tuple[Difference, ...]] = []
    strange: list[str] = []
    moved = False
    for ours in drawings:
        try:
            seen = ask(COMPARE[contents.kind], content, ours)
        except Unreadable as error:
            return (), Check("page", None, str(error))
        found.append(_compare_page(contents, certificate, seen))
        if not found[-1]:
            strange = [str(name) for name in seen.get("strange", ())]
            moved = seen["distance"] > SAME_PICTURE
            break
    least = min(found, key=len)
    if least and certificate.drawn_with != drawing_edition():
        return _look_without_drawing(contents, certificate)
    if contents.kind == "svg" and not least:
        # browsers draw what the program here leaves out: words in their own fonts, scripts, styles for paper
        return (), Check(
            "page", None, "The drawing was changed after issue; it looks alike here, but may not elsewhere."
        )
    if moved and not least:
        return (), MADE_ANEW
    if strange and not least:
        words = f"The file holds what ours do not ({', '.join(strange)}); it looks alike here, but may not elsewhere."
        return (), Check("page", None, words)
    words = "differs from" if least else "was compared with"
    return least, Check("page", not least, f"The page {words} our own drawing of the facts.")


def _look_without_drawing(contents: Contents, certificate: Certificate) -> tuple[tuple[Difference, ...], Check]:
    """Judge a page that was drawn by another edition of the designs by its words alone: honest ones look otherwise."""
    said = compare_text(contents.text, certificate) if contents.kind == "pdf" else ()
    words = "Certificates are drawn in another way today than when this one was issued"
    if contents.kind == "pdf" and not said:
        return (), Check("page", None, f"{words}. Every fact is printed as it was signed; pictures were not compared.")
    return said, Check("page", None, f"{words}, so the page could not be compared with our own drawing.")


def _compare_page(contents: Contents, certificate: Certificate, seen: Mapping[str, Any]) -> tuple[Difference, ...]:
    said = compare_text(contents.text, certificate, str(seen["text"])) if contents.kind == "pdf" else ()
    if seen.get("added"):
        said = (*said, Difference("hidden in the file", "", ", ".join(map(str, seen["added"]))))
    if seen["distance"] <= SAME_PICTURE or seen.get("shapes", 255) <= SAME_SHAPES:
        return said
    return (*said, Difference("picture", "the page as we draw it", f"something else {_place(seen['where'])}"))


def _place(where: list[float]) -> str:
    left, top, right, bottom = where
    if right - left > 0.6 or bottom - top > 0.6:
        return "in many places"
    across = ("on the left", "in the middle", "on the right")[min(int((left + right) * 1.5), 2)]
    down = ("at the top", "half way down", "at the bottom")[min(int((top + bottom) * 1.5), 2)]
    return f"{down}, {across}"


# ---- with a bundle only ----


def read_bundle(content: bytes) -> Bundle:
    """Return the bundle in a JSON with the keys `credential`, `did`, `status_list`, `log`; any may be missing.

    Raise `Unreadable` for what is no bundle.
    """
    return bundle_of(read_json(content, MOST_BUNDLE))


def bundle_of(parts: Mapping[str, Any]) -> Bundle:
    """Return the bundle with these parts, each a JSON object or absent; raise `Unreadable` for anything else.

    Further parts: `pictures`, the provider's pictures that the page shows, SHA-256 to base64; `earlier`, a list of
    proofs like `log`; `revocation`, one such proof.
    """
    wrong = [name for name in PARTS if not isinstance(parts.get(name, {}), dict)]
    if wrong or not parts.keys() & set(PARTS):
        raise Unreadable(f"This is no bundle: it has not the parts {', '.join(PARTS[:4])}.")
    try:
        log, revocation = (proof_from_json(parts[one]) if one in parts else None for one in ("log", "revocation"))
        earlier = tuple(proof_from_json(part) for part in _some(parts.get("earlier", [])))
        pictures = {name: base64.b64decode(text, validate=True) for name, text in parts.get("pictures", {}).items()}
    except NotProven as error:
        raise Unreadable(f"This bundle is damaged: {error}.") from None
    except (binascii.Error, ValueError, TypeError):
        raise Unreadable("This bundle is damaged: a picture in it is no base64.") from None
    whole = Bundle(parts.get("credential"), parts.get("did"), parts.get("status_list"), log, earlier, pictures)
    return replace(whole, revocation=revocation)


def _some(parts: object) -> list[object]:
    if not isinstance(parts, list) or len(parts) > MOST_EARLIER:
        raise NotProven("it has no list of earlier proofs")
    return parts


def check_offline(content: bytes, bundle: Bundle, trust: Trust, redraw: Redraw | None = None) -> Report:
    """Say whether a file is genuine and stands, with nothing but a bundle and what the checker trusts.

    A bundle vouches for nobody: IDENTICAL needs the log's key or the issuer's keys in `trust`. `redraw` draws a
    page to compare with; without it a PDF or picture is at best CANNOT_CHECK. The standing is "unknown" without
    a status list that is valid at `trust.at`. It never raises.
    """
    try:
        contents = read_file(content)
        documents = tuple(read_json(credential) for credential in contents.credentials)
    except Unreadable as error:
        return Report(Result.UNREADABLE, str(error))
    if not documents:
        return Report(Result.CANNOT_CHECK, "This file carries no signed credential, so there is nothing to check.")
    if len(documents) > 1:
        both = Difference("credential", "one", str(len(documents)))
        return Report(Result.ALTERED, "ALTERED: this file carries more than one credential.", differences=(both,))
    document = documents[0]
    if contents.kind == "json" and "credential" in document and "credentialSubject" not in document:
        try:  # the file is a bundle itself
            bundle = bundle_of(document)
        except Unreadable as error:
            return Report(Result.UNREADABLE, str(error))
        document = dict(bundle.credential or {})
    return _judge_offline(_Offline(content, contents, document, bundle, trust, redraw))


@dataclass(frozen=True, slots=True)
class _Offline:
    content: bytes
    contents: Contents
    document: dict[str, Any]
    bundle: Bundle
    trust: Trust
    redraw: Redraw | None


@dataclass(frozen=True, slots=True)
class _Logged:
    """What the log says of a document; `successor` is the entry of the one that took its place, if any.

    `proven` are the entries of all documents that the certificate had.
    """

    check: Check
    entry: Entry | None = None
    successor: Entry | None = None
    proven: tuple[Entry, ...] = ()


def _judge_offline(case: _Offline) -> Report:
    facts = _facts_of(case.document)
    if facts is None and case.bundle.credential is None:
        return Report(Result.NOT_OURS, "The document in this file is no certificate as we write them.")
    said = _check_log(case)
    logged = said.check
    signed, keys = _check_signature(case, said)
    checks = (logged, signed)
    code = facts.code if facts else ""
    other = _facts_of(case.bundle.credential or {})
    if facts and other and other.code != code and signed.passed is not False:
        words = (
            f"This bundle belongs to another certificate: its code is {group_code(other.code)}, that of the file is "
            f"{group_code(code)}. Get the bundle of this one; until then nothing can be said about it."
        )
        return Report(Result.CANNOT_CHECK, words, code)
    if (
        logged.passed is False
        and case.bundle.credential is not None
        and _sha256(case.document) != _sha256(case.bundle.credential)
    ):
        original = _facts_of(case.bundle.credential)
        return Report(
            Result.ALTERED,
            "ALTERED: the credential in this file is not the one in its bundle.",
            original.code if original else code,
            "unknown",
            original,
            _differences(case.bundle.credential, case.document),
            checks,
        )
    if signed.passed is False:
        result = Result.ALTERED if keys else Result.NOT_OURS
        shout = "ALTERED: " if keys else ""
        return Report(result, f"{shout}{signed.words}", code, "unknown", facts, (), checks)
    if facts is None or logged.passed is False or not (logged.passed or (case.trust.keys and signed.passed)):
        return Report(Result.CANNOT_CHECK, _why_not(logged, signed), code, "unknown", facts, (), checks)
    return _judge_genuine(case, facts, said, checks, keys)


def _judge_genuine(
    case: _Offline,
    facts: Certificate,
    said: _Logged,
    checks: tuple[Check, ...],
    keys: Mapping[str, Ed25519PublicKey],
) -> Report:
    """Go on with a credential that is genuine: its date, its standing, its page."""
    standing, stands, as_of = _check_standing(case, said, keys)
    page, looked = _look(
        _Page(case.content, case.contents, facts, tuple(keys.values()), signed=True),
        lambda kind, size: (
            case.redraw(facts, case.contents.credentials[0], kind, size, case.bundle.pictures) if case.redraw else ()
        ),
    )
    checks = (*checks, stands, *looked)

    def answer(result: Result, sentence: str, *differences: Difference) -> Report:
        return Report(result, sentence, facts.code, standing, facts, differences, checks)

    if page:
        return answer(Result.ALTERED, "ALTERED: what this file shows is not what was signed.", *page)
    entry = said.entry  # of a credential that was signed anew it is of another kind: that keeps its date
    if entry is not None and entry.kind == "issue" and entry.at - facts.issued_at > BACK_DATED:
        late = Difference("issued", entry.at.isoformat(), facts.issued_at.isoformat())
        return answer(Result.ALTERED, "BACK-DATED: the certificate was issued later than it says.", late)
    result, sentence = _judge_page(case.contents, (), looked, signed=True)
    if result is Result.IDENTICAL:
        sentence = SENTENCES[standing].format(as_of=as_of) + (ANEW if said.successor else "")
    return answer(result, sentence)


def _check_log(case: _Offline) -> _Logged:
    if case.bundle.log is None or case.trust.vkey is None:
        lacking = "no proof from the log" if case.bundle.log is None else "no key of the log to check its proof with"
        return _Logged(Check("log", None, f"There is {lacking}."))
    try:
        proven = [(part, *part.check(case.trust.vkey)) for part in (*case.bundle.earlier, case.bundle.log)]
    except NotProven as error:
        return _Logged(Check("log", False, f"The proof from the log does not hold: {error}."))
    entries = [entry for _, entry, _ in proven]
    if any(after.kind != "reissue" or after.detail != before.sha256 for before, after in pairwise(entries)):
        return _Logged(Check("log", False, "The proofs from the log are not about one certificate."))
    own = _sha256(case.document)
    for part, entry, checkpoint in proven:
        if entry.kind != "revoke" and entry.sha256 == own:
            place = f"entry {part.index} of {checkpoint.size} in the log {checkpoint.origin}"
            later = entries[-1] if entry is not entries[-1] else None
            since = f"; it was signed anew on {later.at:%Y-%m-%d}" if later else ""
            return _Logged(Check("log", True, f"Its hash is {place}{since}."), entry, later, tuple(entries))
    return _Logged(Check("log", False, "The proof from the log is about another document."))


def _check_signature(case: _Offline, said: _Logged) -> tuple[Check, Mapping[str, Ed25519PublicKey]]:
    """Return the check and the keys that may speak for the issuer further on; empty where none may.

    The checker's own keys come before those of the bundle. Of the bundle's, whoever made it may have added some:
    only the one that the credential itself names is as good as the log's proof of that credential.
    """
    keys: Mapping[str, Ed25519PublicKey] = case.trust.keys
    if not keys:
        try:
            keys = keys_of(case.bundle.did) if case.bundle.did is not None else {}
        except ValueError as error:
            return Check("signature", None, f"The keys of the issuer cannot be read: {error}."), {}
    if not keys:
        return Check("signature", None, "There are no keys of the issuer to check the signature with."), {}
    match proof.verify(case.document, keys, said.entry.sha256 if said.entry else None):
        case proof.Verdict.GENUINE:
            method = case.document["proof"][0]["verificationMethod"]
            return Check("signature", True, "The signature is that of the issuer."), (
                keys if case.trust.keys else {method: keys[method]}
            )
        case proof.Verdict.ALTERED:
            return Check("signature", False, "The signature does not belong to this document."), keys
        case proof.Verdict.UNSIGNED:
            return Check("signature", False, "The document has no signature of the kind that issuer makes."), {}
        case proof.Verdict.UNKNOWN_KEY if said.successor is not None:
            words = "The issuer struck the key that signed it; the log shows that it was issued, and signed anew since."
            return Check("signature", None, words), _keys_of_successor(case, keys, said.successor)
        case proof.Verdict.UNKNOWN_KEY:
            owners, issuer = {name.partition("#")[0] for name in keys}, proof.issuer_of(case.document)
            if issuer in owners:
                return Check("signature", False, "It is not signed with a key that the issuer lists today."), {}
            words = f"The keys are those of {', '.join(sorted(owners))}, and the issuer it names is {issuer}."
            return Check("signature", None, words), {}


def _keys_of_successor(
    case: _Offline, keys: Mapping[str, Ed25519PublicKey], successor: Entry
) -> Mapping[str, Ed25519PublicKey]:
    """Return the keys that may speak for the issuer where only the log vouches for the document in the file."""
    newest = case.bundle.credential
    if case.trust.keys or newest is None:
        return case.trust.keys
    if proof.verify(newest, keys, successor.sha256) is not proof.Verdict.GENUINE:
        return {}
    method = newest["proof"][0]["verificationMethod"]
    return {method: keys[method]}


def _check_standing(case: _Offline, said: _Logged, keys: Mapping[str, Ed25519PublicKey]) -> tuple[Standing, Check, str]:
    """Return how it stands, the check, and when that was so in words that fit the sentence of that standing."""
    ended = _revocation_of(case, said)
    if ended is not None:
        standing: Standing = "replaced" if ended.detail == "replaced" else "revoked"
        words = f"The log has an entry that it was {standing}, of {_minute(ended.at)}."
        return standing, Check("standing", False, words), f" on {ended.at:%Y-%m-%d}"
    standing, check = _look_in_list(case, keys)
    if standing != "valid" or case.bundle.status_list is None:
        return standing, check, "; the list of revocations does not say why, or whether it was replaced"
    return standing, check, _minute(datetime.fromisoformat(case.bundle.status_list["validFrom"]))


def _revocation_of(case: _Offline, said: _Logged) -> Entry | None:
    """Return the log's entry of its revocation, if the bundle proves one; whoever made the bundle may leave it out."""
    if case.bundle.revocation is None or case.trust.vkey is None:
        return None
    hashes = {_sha256(case.document), *(one.sha256 for one in said.proven)}
    try:
        entry, _ = case.bundle.revocation.check(case.trust.vkey)
    except NotProven:
        return None
    return entry if entry.kind == "revoke" and entry.sha256 in hashes else None


def _minute(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _look_in_list(case: _Offline, keys: Mapping[str, Ed25519PublicKey]) -> tuple[Standing, Check]:
    if case.bundle.status_list is None:
        return "unknown", Check("standing", None, "There is no list of revocations.")
    try:
        status = case.document["credentialStatus"]
        entry = StatusEntry(status["statusListCredential"], int(status["statusListIndex"]))
        issuer = case.document["issuer"]["id"]
        revoked = is_revoked(case.bundle.status_list, entry, issuer, keys, case.trust.at)
    except (KeyError, TypeError):
        return "unknown", Check("standing", None, "The certificate names no list of revocations.")
    except ValueError as error:
        return "unknown", Check("standing", None, f"The list of revocations cannot be relied on: {error}.")
    if revoked:
        return "revoked", Check("standing", False, "The list of revocations names it.")
    since, until = (
        _minute(datetime.fromisoformat(case.bundle.status_list[one])) for one in ("validFrom", "validUntil")
    )
    words = f"The list of revocations of {since}, good until {until}, does not name it."
    return "valid", Check("standing", True, words)


def _why_not(logged: Check, signed: Check) -> str:
    if logged.passed is False:
        return logged.words
    if signed.passed is None:
        return f"It cannot be said who issued this: {signed.words[0].lower()}{signed.words[1:]}"
    return (
        "The file agrees with its own bundle, but anyone can make such a pair. To know who issued it, get the "
        "log's key or the issuer's keys from the issuer and name them."
    )
