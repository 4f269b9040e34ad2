"""The append-only log: what a leaf says, RFC 6962 hashing and proofs, C2SP signed checkpoints and tiles.

Everything here is computed from hashes that the caller keeps: `node(level, index)` is the hash over the 2**level
leaves that begin at leaf index * 2**level, level 0 being the leaves. Only complete nodes are ever asked for, so
a stored node never changes. What may never enter: where nodes are kept, and a clock.
"""

import base64
import binascii
import hashlib
import hmac
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, TypeAlias, cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

NodeOf: TypeAlias = Callable[[int, int], bytes]
Sign: TypeAlias = Callable[[bytes], bytes]
EntryKind: TypeAlias = Literal["issue", "revoke", "reissue"]

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()
MOST_LEAVES = 2**63 - 1  # what the other implementations count with
ENTRY = re.compile(r"ce-log/1 (issue|revoke|reissue) ([0-9a-f]{64}) (\S{20,27})(?: (\S+))?", re.ASCII)
DETAILS: dict[str, re.Pattern[str]] = {
    "issue": re.compile(r""),
    "revoke": re.compile(r"[a-z][a-z0-9_-]{0,39}"),
    "reissue": re.compile(r"[0-9a-f]{64}"),
}
SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)

NOTE_BYTES = 64_000
SIGNATURE_LINES = 64  # a verifier must take at least 16 (C2SP signed-note)
ED25519 = b"\x01"  # C2SP signed-note, "signature types"
DASH = "\N{EM DASH} "

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
TILE_LEVELS = 64 // TILE_HEIGHT
TILE_PATH = re.compile(r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII)


class NotProven(ValueError):  # noqa: N818 a finding, not a fault of the program
    """A proof, a checkpoint or a signature does not show what it should; the message says which."""


# ---- leaves ----


@dataclass(frozen=True, slots=True)
class Entry:
    """One leaf: what happened to the credential with this JCS SHA-256 (64 lower-case hex digits), and when.

    `detail` is empty for `issue`, the public reason code for `revoke`, and for `reissue` the JCS SHA-256 of the
    credential that was signed anew. `at` is kept in UTC. Raise `ValueError` for what cannot be written.
    """

    kind: EntryKind
    sha256: str
    at: datetime
    detail: str = ""

    def __post_init__(self) -> None:
        if self.at.utcoffset() is None:
            raise ValueError("an entry of the log needs a moment with its time zone")
        object.__setattr__(self, "at", self.at.astimezone(UTC))
        if self.kind not in DETAILS or not DETAILS["reissue"].fullmatch(self.sha256):
            raise ValueError("an entry of the log names what happened and a SHA-256 of 64 hex digits")
        if not DETAILS[self.kind].fullmatch(self.detail):
            raise ValueError(f"{self.detail!r} cannot stand in the log for {self.kind}")


def write_entry(entry: Entry) -> bytes:
    """Return the leaf's text: `ce-log/1 issue <sha256> <RFC 3339 time>`, with the detail after it if any."""
    moment = entry.at.isoformat().removesuffix("+00:00") + "Z"
    return " ".join(filter(None, ("ce-log/1", entry.kind, entry.sha256, moment, entry.detail))).encode()


def read_entry(leaf: bytes) -> Entry:
    """Return what `write_entry` was given; raise `ValueError` for bytes it would never have written."""
    found = ENTRY.fullmatch(leaf.decode("ascii", "replace"))
    if found is None:
        raise ValueError("this is not an entry of a certificate log")
    kind, sha256, moment, detail = found.groups()
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        raise ValueError("this entry of the log has a time that is none") from None
    entry = Entry(cast("EntryKind", kind), sha256, at, detail or "")
    if write_entry(entry) != leaf:
        raise ValueError("this entry of the log is not written as entries are")
    return entry


# ---- the tree (RFC 6962, section 2.1) ----


def hash_leaf(leaf: bytes) -> bytes:
    """Return the Merkle hash of one leaf."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def hash_children(left: bytes, right: bytes) -> bytes:
    """Return the Merkle hash of a node from those of its two children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Node:
    """One complete node, to be stored once and never changed."""

    level: int
    index: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Frontier:
    """The right edge of a tree of `size` leaves: the hashes of its complete subtrees, the largest first."""

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.size <= MOST_LEAVES or len(self.hashes) != self.size.bit_count():
            raise ValueError(f"a tree of {self.size} leaves has another right edge")

    def root(self) -> bytes:
        """Return the root of the tree; that of an empty tree is the SHA-256 of nothing."""
        if not self.hashes:
            return EMPTY_ROOT
        root = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            root = hash_children(left, root)
        return root


def append(frontier: Frontier, leaf_hash: bytes) -> tuple[Frontier, tuple[Node, ...]]:
    """Return the new right edge and the nodes that became complete, the leaf first: two on average, whatever the size.

    Nothing but the frontier is read.
    """
    hashes = list(frontier.hashes)
    level, index, whole = 0, frontier.size, leaf_hash
    nodes = [Node(level, index, whole)]
    while index & 1:
        level, index, whole = level + 1, index >> 1, hash_children(hashes.pop(), whole)
        nodes.append(Node(level, index, whole))
    return Frontier(frontier.size + 1, (*hashes, whole)), tuple(nodes)


def frontier_of(size: int, node: NodeOf) -> Frontier:
    """Return the right edge of the tree of the first `size` leaves, in as many look-ups as `size` has bits set."""
    return Frontier(size, tuple(node(level, index) for level, index in _complete(0, size)))


def subtree_of(frontier: Frontier, index: int) -> tuple[int, bytes] | None:
    """Return level and hash of the complete subtree of the right edge that holds a leaf; `None` beyond the tree."""
    for (level, place), whole in zip(_complete(0, frontier.size), frontier.hashes, strict=True):
        if index >> level == place:
            return level, whole
    return None


def root_of(size: int, node: NodeOf) -> bytes:
    """Return the root of the tree of the first `size` leaves."""
    return frontier_of(size, node).root()


def root_of_leaves(leaves: Iterable[bytes]) -> bytes:
    """Return the root over whole leaves (not their hashes), in one pass and with no memory but the right edge."""
    frontier = Frontier()
    for leaf in leaves:
        frontier, _ = append(frontier, hash_leaf(leaf))
    return frontier.root()


def inclusion_proof(index: int, size: int, node: NodeOf) -> tuple[bytes, ...]:
    """Return the audit path of a leaf in the tree of `size` leaves, from the leaf up (RFC 6962, 2.1.1).

    Raise `ValueError` when the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    path: list[bytes] = []
    start, width = 0, size
    while width > 1:
        half = _split(width)
        if index < start + half:
            path.append(_range_hash(start + half, width - half, node))
            width = half
        else:
            path.append(_range_hash(start, half, node))
            start, width = start + half, width - half
    return tuple(reversed(path))


def consistency_proof(old_size: int, size: int, node: NodeOf) -> tuple[bytes, ...]:
    """Return what shows that the tree of `size` leaves begins with that of `old_size` (RFC 6962, 2.1.2).

    Raise `ValueError` when `old_size` is larger; from an empty or an equal tree the proof is empty.
    """
    if not 0 <= old_size <= size:
        raise ValueError(f"a tree of {old_size} leaves cannot have become one of {size}")
    if old_size in (0, size):
        return ()
    path: list[bytes] = []
    start, width = 0, size
    while start + width != old_size:
        half = _split(width)
        if old_size <= start + half:
            path.append(_range_hash(start + half, width - half, node))
            width = half
        else:
            path.append(_range_hash(start, half, node))
            start, width = start + half, width - half
    if start:  # else the old root itself is the first hash, and the verifier has it
        path.append(_range_hash(start, width, node))
    return tuple(reversed(path))


def check_inclusion(leaf_hash: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Return if the proof leads from the leaf at `index` to the root of `size` leaves, or raise `NotProven`."""
    if not 0 <= index < size <= MOST_LEAVES:
        raise NotProven(f"a log of {size} entries has no entry {index}")
    inner = (index ^ (size - 1)).bit_length()
    border = (index >> inner).bit_count()
    if len(proof) != inner + border or not _are_hashes((leaf_hash, root, *proof)):
        raise NotProven("the inclusion proof has not the hashes it needs")
    whole = leaf_hash
    for height, sibling in enumerate(proof):
        # above `inner` the path climbs the right edge, where every sibling is on the left
        on_the_right = height < inner and not index >> height & 1
        whole = hash_children(whole, sibling) if on_the_right else hash_children(sibling, whole)
    if not hmac.compare_digest(whole, root):
        raise NotProven("the inclusion proof does not lead to the root of the checkpoint")


def check_consistency(old_size: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]) -> None:
    """Return if the proof shows that nothing of the old tree was changed or removed, or raise `NotProven`."""
    if not 0 <= old_size <= size <= MOST_LEAVES or not _are_hashes((old_root, root, *proof)):
        raise NotProven("the consistency proof is not one for these sizes")
    if old_size in (0, size):
        if proof or old_root != (root if old_size else EMPTY_ROOT):
            raise NotProven("the two checkpoints are not of one log")
        return
    was, now = _walk_consistency(old_size, old_root, size, proof)
    if not (hmac.compare_digest(was, old_root) and hmac.compare_digest(now, root)):
        raise NotProven("the newer checkpoint does not begin with the older one")


def _walk_consistency(old_size: int, old_root: bytes, size: int, proof: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Return the roots of both trees that the proof leads to."""
    low = (old_size & -old_size).bit_length() - 1  # height of the last complete subtree of the old tree
    hashes = list(proof) if old_size & (old_size - 1) else [old_root, *proof]
    index, last = (old_size - 1) >> low, (size - 1) >> low
    inner = (index ^ last).bit_length()
    if len(hashes) != 1 + inner + (index >> inner).bit_count():
        raise NotProven("the consistency proof has not the hashes it needs")
    was = now = hashes[0]
    for height, sibling in enumerate(hashes[1:]):
        if height >= inner or index >> height & 1:
            was, now = hash_children(sibling, was), hash_children(sibling, now)
        else:
            now = hash_children(now, sibling)
    return was, now


def _are_hashes(values: Sequence[bytes]) -> bool:
    return all(len(value) == HASH_BYTES for value in values)


def _split(width: int) -> int:
    """Return the largest power of two below the width."""
    return 1 << (width - 1).bit_length() - 1


def _complete(start: int, width: int) -> Iterable[tuple[int, int]]:
    """Yield level and index of the complete nodes that make up a range aligned to its own size, largest first."""
    while width:
        level = width.bit_length() - 1
        yield level, start >> level
        start, width = start + (1 << level), width - (1 << level)


def _range_hash(start: int, width: int, node: NodeOf) -> bytes:
    return Frontier(width, tuple(node(level, index) for level, index in _complete(start, width))).root()


# ---- signed notes and checkpoints (C2SP signed-note, tlog-checkpoint) ----


@dataclass(frozen=True, slots=True)
class Vkey:
    """The key that verifies a note: its name and its Ed25519 public key of 32 bytes."""

    name: str
    public_key: bytes

    def __post_init__(self) -> None:
        if not self.name or any(character == "+" or _is_space_or_control(character) for character in self.name):
            raise ValueError("the name of a note's key has no spaces and no plus sign")
        if len(self.public_key) != HASH_BYTES:
            raise ValueError("an Ed25519 key has 32 bytes")

    def key_id(self) -> bytes:
        """Return the four bytes by which a signature line names this key."""
        return hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self.public_key).digest()[:4]


def write_vkey(vkey: Vkey) -> str:
    """Return the key as it is handed around: `<name>+<key id>+<base64>`, the form Go's note package reads."""
    return f"{vkey.name}+{vkey.key_id().hex()}+{_base64(ED25519 + vkey.public_key)}"


def read_vkey(text: str) -> Vkey:
    """Return what `write_vkey` was given; raise `ValueError` for anything else, another algorithm too."""
    name, _, rest = text.strip().partition("+")
    key_id, _, encoded = rest.partition("+")
    key = _from_base64(encoded)
    if key is None or key[:1] != ED25519:
        raise ValueError("this is not a key for Ed25519 notes, such as example.com/log+1a2b3c4d+AX...")
    vkey = Vkey(name, key[1:])
    if not hmac.compare_digest(vkey.key_id().hex(), key_id.encode("ascii", "replace").decode()):
        raise ValueError("the id of this note key does not belong to it: was it copied whole?")
    return vkey


def sign_note(text: str, vkey: Vkey, sign: Sign) -> str:
    """Return the text with this key's signature line under it; other keys may add theirs.

    `sign` makes the raw Ed25519 signature of the bytes it is given. Raise `ValueError` for a text that a note
    cannot hold, and `NotProven` when what `sign` made does not verify.
    """
    if not text.endswith("\n") or any(_is_control(character) for character in text):
        raise ValueError("a note ends in a line feed and has no other control characters")
    note = f"{text}\n{DASH}{vkey.name} {_base64(vkey.key_id() + sign(text.encode()))}\n"
    open_note(note, vkey)
    return note


def open_note(note: str, vkey: Vkey) -> str:
    """Return the text of a note that this key signed, or raise `NotProven`; lines of other keys are passed over."""
    if len(note) > NOTE_BYTES or any(_is_control(character) for character in note):
        raise NotProven("this is no signed note")
    text, gap, lines = note.rpartition("\n\n")
    text += "\n"
    if not gap or not lines.endswith("\n") or lines.count("\n") > SIGNATURE_LINES:
        raise NotProven("this is no signed note")
    signed = False
    for line in lines.removesuffix("\n").split("\n"):  # splitlines would cut a name at U+2028
        name, signature = _read_signature_line(line)
        if (name, signature[:4]) == (vkey.name, vkey.key_id()):
            _check_signature(vkey, signature[4:], text)
            signed = True
    if not signed:
        raise NotProven(f"the note is not signed by {vkey.name}")
    return text


def _read_signature_line(line: str) -> tuple[str, bytes]:
    name, _, encoded = line.removeprefix(DASH).partition(" ")
    signature = _from_base64(encoded)
    if not line.startswith(DASH) or not name or signature is None or len(signature) <= 4:
        raise NotProven("the note has a line that is no signature")
    return name, signature


def _check_signature(vkey: Vkey, signature: bytes, text: str) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(vkey.public_key).verify(signature, text.encode())
    except (InvalidSignature, ValueError):
        raise NotProven(f"the signature of {vkey.name} does not belong to this note") from None


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The log as it stood at one size. Raise `ValueError` for what a note cannot hold."""

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        if not self.origin or any(_is_control(character) or character == "\n" for character in self.origin):
            raise ValueError("the origin of a log is one line")
        if not 0 <= self.size <= MOST_LEAVES or len(self.root) != HASH_BYTES:
            raise ValueError("a checkpoint has a size and a root of 32 bytes")


def write_checkpoint(checkpoint: Checkpoint) -> str:
    """Return the text that is signed: origin, size and base64 root, a line each."""
    return f"{checkpoint.origin}\n{checkpoint.size}\n{_base64(checkpoint.root)}\n"


def read_checkpoint(text: str) -> Checkpoint:
    """Return what `write_checkpoint` was given; raise `NotProven` for anything else, extension lines too."""
    lines = text.split("\n")
    root = _from_base64(lines[2]) if len(lines) == 4 and not lines[3] else None
    if root is None or not SIZE.fullmatch(lines[1]):
        raise NotProven("this is no checkpoint of a certificate log")
    try:
        return Checkpoint(lines[0], int(lines[1]), root)
    except ValueError as error:
        raise NotProven(str(error)) from None


def sign_checkpoint(checkpoint: Checkpoint, vkey: Vkey, sign: Sign) -> str:
    """Return the checkpoint as a signed note; see `sign_note`."""
    return sign_note(write_checkpoint(checkpoint), vkey, sign)


def open_checkpoint(note: str, vkey: Vkey) -> Checkpoint:
    """Return the checkpoint this key signed for the log of its own name, or raise `NotProven`."""
    checkpoint = read_checkpoint(open_note(note, vkey))
    if checkpoint.origin != vkey.name:
        raise NotProven(f"the checkpoint is one of {checkpoint.origin}, not of {vkey.name}")
    return checkpoint


# ---- what a bundle carries ----


@dataclass(frozen=True, slots=True)
class LogProof:
    """What shows that one entry is in the log: the leaf, its place, the audit path and a signed checkpoint."""

    leaf: bytes
    index: int
    path: tuple[bytes, ...]
    checkpoint: str

    def check(self, vkey: Vkey) -> tuple[Entry, Checkpoint]:
        """Return the proven entry and the checkpoint that holds it, or raise `NotProven`."""
        checkpoint = open_checkpoint(self.checkpoint, vkey)
        check_inclusion(hash_leaf(self.leaf), self.index, checkpoint.size, self.path, checkpoint.root)
        try:
            return read_entry(self.leaf), checkpoint
        except ValueError as error:
            raise NotProven(str(error)) from None


def proof_to_json(proof: LogProof) -> dict[str, str | int | list[str]]:
    """Return the proof as a bundle holds it: `entry`, `index`, `inclusion` (base64) and `checkpoint` (the note)."""
    return {
        "entry": proof.leaf.decode(),
        "index": proof.index,
        "inclusion": [_base64(sibling) for sibling in proof.path],
        "checkpoint": proof.checkpoint,
    }


def proof_from_json(value: object) -> LogProof:
    """Return what `proof_to_json` was given; raise `NotProven` for anything of another shape."""
    if not isinstance(value, dict) or value.keys() != {"entry", "index", "inclusion", "checkpoint"}:
        raise NotProven("the log proof has not the fields entry, index, inclusion and checkpoint")
    leaf, index, path, checkpoint = (value[name] for name in ("entry", "index", "inclusion", "checkpoint"))
    if type(index) is not int or not isinstance(leaf, str) or not isinstance(checkpoint, str):
        raise NotProven("the log proof has a field of a wrong type")
    if not isinstance(path, list) or len(path) > 64:
        raise NotProven("the log proof has no list of hashes")
    siblings = [_from_base64(sibling) if isinstance(sibling, str) else None for sibling in path]
    kept = tuple(sibling for sibling in siblings if sibling is not None)
    if len(kept) != len(path) or not _are_hashes(kept):
        raise NotProven("the log proof has a hash that is none")
    return LogProof(leaf.encode("utf-8", "replace"), index, kept, checkpoint)


# ---- tiles (C2SP tlog-tiles) ----


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile: 256 hashes of one tile level, or fewer at the right edge; level `None` is the entries themselves."""

    level: int | None
    index: int
    width: int = TILE_WIDTH

    def __post_init__(self) -> None:
        if self.index < 0 or not 1 <= self.width <= TILE_WIDTH or not 0 <= (self.level or 0) < TILE_LEVELS:
            raise ValueError("there is no such tile")

    def path(self) -> str:
        """Return where the tile is served, under the log's address: `tile/0/x001/x234/067.p/5`."""
        digits = str(self.index)
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
        place = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
        partial = "" if self.width == TILE_WIDTH else f".p/{self.width}"
        return f"tile/{'entries' if self.level is None else self.level}/{place}{partial}"

    def first_entry(self) -> int:
        """Return the index of the first entry that the tile is about."""
        return self.index * TILE_WIDTH << TILE_HEIGHT * (self.level or 0)

    def is_in(self, size: int) -> bool:
        """Say whether a log of `size` entries has everything that this tile holds."""
        return self.index * TILE_WIDTH + self.width <= size >> TILE_HEIGHT * (self.level or 0)


def read_tile_path(path: str) -> Tile:
    """Return the tile that is served at the path; raise `ValueError` for any other path, however alike."""
    found = TILE_PATH.fullmatch(path) if len(path) <= 60 else None
    if found is None:
        raise ValueError("there is no such tile")
    level, place, width = found.groups()
    tile = Tile(
        None if level == "entries" else int(level),
        int(place.replace("x", "").replace("/", "")),
        int(width) if width else TILE_WIDTH,
    )
    if tile.path() != path:
        raise ValueError("there is no such tile")
    return tile


def tiles_between(old_size: int, size: int) -> tuple[Tile, ...]:
    """Return the tiles that a log of `size` entries has and one of `old_size` had not, hashes and entries.

    `tiles_between(0, size)` are all of them.
    """
    if not 0 <= old_size <= size <= MOST_LEAVES:
        raise ValueError(f"a log of {old_size} entries cannot have become one of {size}")
    tiles: list[Tile] = []
    for level in range(TILE_LEVELS):
        before, now = old_size >> TILE_HEIGHT * level, size >> TILE_HEIGHT * level
        if before == now:
            break
        widths = range(before // TILE_WIDTH, -(-now // TILE_WIDTH))
        grown = [Tile(level, index, min(TILE_WIDTH, now - index * TILE_WIDTH)) for index in widths]
        tiles += grown
        if level == 0:
            tiles += [Tile(None, tile.index, tile.width) for tile in grown]
    return tuple(tiles)


def hash_tile(tile: Tile, node: NodeOf) -> bytes:
    """Return the bytes of a tile of hashes; raise `ValueError` when it is one of entries."""
    if tile.level is None:
        raise ValueError("a tile of entries holds no hashes")
    level, first = tile.level * TILE_HEIGHT, tile.index * TILE_WIDTH
    return b"".join(node(level, index) for index in range(first, first + tile.width))


def entry_bundle(leaves: Iterable[bytes]) -> bytes:
    """Return the bytes of a tile of entries: each with its length before it, in two bytes."""
    return b"".join(len(leaf).to_bytes(2, "big") + leaf for leaf in leaves)


def read_entry_bundle(content: bytes) -> tuple[bytes, ...]:
    """Return the leaves that `entry_bundle` was given; raise `ValueError` when the bytes end too early."""
    leaves: list[bytes] = []
    at = 0
    while at < len(content):
        end = at + 2 + int.from_bytes(content[at : at + 2], "big")
        if at + 2 > len(content) or end > len(content):
            raise ValueError("the tile of entries ends within an entry")
        leaves.append(content[at + 2 : end])
        at = end
    return tuple(leaves)


def node_in_tiles(size: int, tile_bytes: Callable[[Tile], bytes]) -> NodeOf:
    """Return a `node` look-up for someone who has only the published tiles of a log of `size` entries.

    `tile_bytes` gives the bytes of a tile of hashes; raise `ValueError` where they are not as many as they must be.
    """

    def node(level: int, index: int) -> bytes:
        tile_level, within = divmod(level, TILE_HEIGHT)
        first = index << within
        number, offset = divmod(first, TILE_WIDTH)
        tile = Tile(tile_level, number, min(TILE_WIDTH, (size >> TILE_HEIGHT * tile_level) - number * TILE_WIDTH))
        content = tile_bytes(tile)
        if len(content) != tile.width * HASH_BYTES:
            raise ValueError(f"{tile.path()} has {len(content)} bytes")
        hashes = [content[at : at + HASH_BYTES] for at in range(0, len(content), HASH_BYTES)]
        row = hashes[offset : offset + (1 << within)]
        if len(row) != 1 << within:
            raise ValueError(f"{tile.path()} does not reach that far")
        while len(row) > 1:
            row = [hash_children(left, right) for left, right in zip(row[::2], row[1::2], strict=True)]
        return row[0]

    return node


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _from_base64(text: str) -> bytes | None:
    """Return the bytes, or `None` for what is not exactly their base64 (spare bits and padding included)."""
    try:
        content = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        return None
    return content if _base64(content) == text else None


def _is_control(character: str) -> bool:
    return character < " " and character != "\n"


def _is_space_or_control(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) in ("Cc", "Zs", "Zl", "Zp")
