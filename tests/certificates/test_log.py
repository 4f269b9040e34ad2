"""The log: hashes and proofs as RFC 6962 defines them, notes and tiles as C2SP does, and nothing else passes."""

import hashlib
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from certificates.log import (
    EMPTY_ROOT,
    Checkpoint,
    Entry,
    Frontier,
    LogProof,
    NotProven,
    Tile,
    Vkey,
    append,
    check_consistency,
    check_inclusion,
    consistency_proof,
    entry_bundle,
    frontier_of,
    hash_leaf,
    hash_tile,
    inclusion_proof,
    node_in_tiles,
    open_checkpoint,
    open_note,
    proof_from_json,
    proof_to_json,
    read_checkpoint,
    read_entry,
    read_entry_bundle,
    read_tile_path,
    read_vkey,
    root_of,
    root_of_leaves,
    sign_checkpoint,
    sign_note,
    tiles_between,
    write_checkpoint,
    write_entry,
    write_vkey,
)

SIZES = 131
NOW = datetime(2026, 11, 21, 18, 0, 0, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
VKEY = Vkey("credence.example/log", KEY.public_key().public_bytes_raw())


# ---- the naive tree, straight from the text of RFC 6962 section 2.1 ----


def sha256(content):
    return hashlib.sha256(content).digest()


def power_below(n):
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def mth(leaves):
    if not leaves:
        return sha256(b"")
    if len(leaves) == 1:
        return sha256(b"\0" + leaves[0])
    k = power_below(len(leaves))
    return sha256(b"\1" + mth(leaves[:k]) + mth(leaves[k:]))


def naive_path(m, leaves):
    if len(leaves) == 1:
        return []
    k = power_below(len(leaves))
    if m < k:
        return [*naive_path(m, leaves[:k]), mth(leaves[k:])]
    return [*naive_path(m - k, leaves[k:]), mth(leaves[:k])]


def naive_subproof(m, leaves, whole):
    if m == len(leaves):
        return [] if whole else [mth(leaves)]
    k = power_below(len(leaves))
    if m <= k:
        return [*naive_subproof(m, leaves[:k], whole), mth(leaves[k:])]
    return [*naive_subproof(m - k, leaves[k:], False), mth(leaves[:k])]


def grow(leaves):
    """The stored nodes and the right edge after appending the leaves one by one; no node is written twice."""
    nodes, frontier = {}, Frontier()
    for leaf in leaves:
        frontier, new = append(frontier, hash_leaf(leaf))
        for node in new:
            assert (node.level, node.index) not in nodes
            nodes[node.level, node.index] = node.hash
    return (lambda level, index: nodes[level, index]), frontier


LEAVES = [f"leaf {n}".encode() for n in range(SIZES)]
NODE, FRONTIER = grow(LEAVES)
ROOTS = [mth(LEAVES[:size]) for size in range(SIZES + 1)]
leaf_lists = st.lists(st.binary(max_size=40), min_size=1, max_size=70)


# ---- the tree ----


def test_the_hashes_are_those_of_the_test_vectors_of_certificate_transparency():
    """The leaves and roots of the reference tree that CT implementations share."""
    leaves = [
        bytes.fromhex(x)
        for x in ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    ]
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert root_of_leaves(leaves[:1]).hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert root_of_leaves(leaves[:2]).hex() == "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
    assert root_of_leaves(leaves).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


@pytest.mark.parametrize("size", range(SIZES + 1))
def test_the_root_of_every_size_is_that_of_the_naive_tree(size):
    assert root_of(size, NODE) == ROOTS[size] == root_of_leaves(LEAVES[:size])


@pytest.mark.parametrize("size", range(1, SIZES + 1))
def test_every_inclusion_proof_of_every_size(size):
    for index in range(size):
        proof = inclusion_proof(index, size, NODE)
        assert list(proof) == naive_path(index, LEAVES[:size])
        check_inclusion(hash_leaf(LEAVES[index]), index, size, proof, ROOTS[size])


@pytest.mark.parametrize("size", range(SIZES + 1))
def test_every_consistency_proof_of_every_size(size):
    for old in range(size + 1):
        proof = consistency_proof(old, size, NODE)
        assert list(proof) == (naive_subproof(old, LEAVES[:size], True) if 0 < old < size else [])
        check_consistency(old, ROOTS[old], size, ROOTS[size], proof)


@given(leaf_lists)
@settings(deadline=None)
def test_any_leaves_give_the_root_of_the_naive_tree(leaves):
    node, frontier = grow(leaves)
    assert frontier.root() == mth(leaves) == root_of(len(leaves), node)
    assert frontier_of(len(leaves), node) == frontier


@given(leaf_lists, st.data())
@settings(deadline=None)
def test_a_proof_fits_one_leaf_one_place_one_size(leaves, data):
    size = len(leaves)
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(index, size, grow(leaves)[0])
    other = data.draw(st.integers(-2, size + 70))
    if other != index:  # a tree of equal leaves may have equal proofs, but never for another shape of path
        left_out = [leaf for n, leaf in enumerate(leaves) if n in (index, other)]
        if len(set(left_out)) != 1:
            with pytest.raises(NotProven):
                check_inclusion(hash_leaf(leaves[index]), other, size, proof, mth(leaves))
    with pytest.raises(NotProven):
        check_inclusion(hash_leaf(leaves[index] + b"!"), index, size, proof, mth(leaves))
    with pytest.raises(NotProven):
        check_inclusion(hash_leaf(leaves[index]), index, size, (*proof, bytes(32)), mth(leaves))


@given(st.integers(1, SIZES - 1), st.data())
@settings(deadline=None)
def test_one_changed_hash_or_root_breaks_a_proof(old, data):
    size = data.draw(st.integers(old + 1, SIZES))
    index = data.draw(st.integers(0, size - 1))
    for proof, check in (
        (
            inclusion_proof(index, size, NODE),
            lambda p: check_inclusion(hash_leaf(LEAVES[index]), index, size, p, ROOTS[size]),
        ),
        (consistency_proof(old, size, NODE), lambda p: check_consistency(old, ROOTS[old], size, ROOTS[size], p)),
    ):
        check(proof)
        for place in range(len(proof)):
            broken = list(proof)
            broken[place] = bytes([broken[place][0] ^ 1]) + broken[place][1:]
            with pytest.raises(NotProven):
                check(broken)
            with pytest.raises(NotProven):
                check([*proof[:place], *proof[place + 1 :]])
            with pytest.raises(NotProven):
                check([*proof[:place], proof[place][:31], *proof[place + 1 :]])
    with pytest.raises(NotProven):
        check_consistency(old, ROOTS[old - 1], size, ROOTS[size], consistency_proof(old, size, NODE))
    with pytest.raises(NotProven):
        check_consistency(old, ROOTS[old], size, ROOTS[size - 1], consistency_proof(old, size, NODE))


@given(st.lists(st.binary(max_size=3), min_size=2, max_size=40), st.data())
@settings(deadline=None)
def test_history_that_was_rewritten_is_never_consistent(leaves, data):
    old = data.draw(st.integers(1, len(leaves)))
    at = data.draw(st.integers(0, old - 1))
    changed = [*leaves]
    changed[at] += b"!"
    proof = consistency_proof(old, len(leaves), grow(changed)[0])
    with pytest.raises(NotProven):
        check_consistency(old, mth(leaves[:old]), len(leaves), mth(changed), proof)


@given(st.integers(-3, 2**64), st.integers(-3, 2**64), st.lists(st.binary(max_size=33), max_size=70))
@settings(deadline=None)
def test_no_proof_however_strange_does_more_than_fail(first, second, proof):
    for check in (
        lambda: check_inclusion(bytes(32), first, second, proof, bytes(32)),
        lambda: check_consistency(first, bytes(32), second, bytes([1]) * 32, proof),
    ):
        with pytest.raises(NotProven):
            check()


def test_what_the_tree_has_not_is_refused():
    with pytest.raises(ValueError, match="no leaf 5"):
        inclusion_proof(5, 5, NODE)
    with pytest.raises(ValueError, match="no leaf -1"):
        inclusion_proof(-1, 5, NODE)
    with pytest.raises(ValueError, match="cannot have become"):
        consistency_proof(6, 5, NODE)
    with pytest.raises(ValueError, match="another right edge"):
        Frontier(3, (bytes(32),))
    with pytest.raises(NotProven):
        check_consistency(0, ROOTS[1], 5, ROOTS[5], ())
    with pytest.raises(NotProven):
        check_consistency(5, ROOTS[5], 5, ROOTS[5], (bytes(32),))


def test_appending_reads_nothing_and_writes_two_nodes_on_average():
    frontier = Frontier(2**40 - 1, tuple(bytes([n]) * 32 for n in range(40)))
    grown, nodes = append(frontier, hash_leaf(b"x"))
    assert (len(nodes), len(grown.hashes)) == (41, 1)
    assert len(append(grown, hash_leaf(b"y"))[1]) == 1
    assert sum(1 for level in range(9) for index in range(SIZES) if has(level, index)) == sum(
        SIZES >> level for level in range(9)
    )


def has(level, index):
    try:
        NODE(level, index)
    except KeyError:
        return False
    return True


# ---- leaves ----


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        (Entry("issue", "ab" * 32, NOW), f"ce-log/1 issue {'ab' * 32} 2026-11-21T18:00:00Z"),
        (
            Entry("revoke", "ab" * 32, NOW.replace(microsecond=1), "issued-in-error"),
            f"ce-log/1 revoke {'ab' * 32} 2026-11-21T18:00:00.000001Z issued-in-error",
        ),
        (
            Entry("reissue", "ab" * 32, NOW.astimezone(timezone(timedelta(hours=-8))), "cd" * 32),
            f"ce-log/1 reissue {'ab' * 32} 2026-11-21T18:00:00Z {'cd' * 32}",
        ),
    ],
)
def test_an_entry_is_one_line_of_text_and_reads_back(entry, text):
    assert write_entry(entry) == text.encode()
    assert read_entry(text.encode()) == entry


@pytest.mark.parametrize(
    "leaf",
    [
        b"",
        b"ce-log/1 issue",
        b"ce-log/2 issue " + b"ab" * 32 + b" 2026-11-21T18:00:00Z",
        b"ce-log/1 issue " + b"AB" * 32 + b" 2026-11-21T18:00:00Z",
        b"ce-log/1 issue " + b"ab" * 32 + b" 2026-11-21T18:00:00+00:00",
        b"ce-log/1 issue " + b"ab" * 32 + b" 2026-11-21T18:00:00Z\n",
        b"ce-log/1 issue " + b"ab" * 32 + b" 2026-11-21T18:00:00Z more",
        b"ce-log/1 issue " + b"ab" * 32 + b" 2026-13-21T18:00:00Z",
        b"ce-log/1 issue " + b"ab" * 32 + b" 2026-11-21T18:00:00.000Z",
        b"ce-log/1 revoke " + b"ab" * 32 + b" 2026-11-21T18:00:00Z",
        b"ce-log/1 revoke " + b"ab" * 32 + b" 2026-11-21T18:00:00Z Because",
        b"ce-log/1 reissue " + b"ab" * 32 + b" 2026-11-21T18:00:00Z 12",
        b"ce-log/1  issue " + b"ab" * 32 + b" 2026-11-21T18:00:00Z",
        b"ce-log/1 issue " + b"ab" * 32 + " 2026-11-21T18:00:00Ｚ".encode(),
    ],
)
def test_an_entry_written_otherwise_is_refused(leaf):
    with pytest.raises(ValueError, match="log"):
        read_entry(leaf)


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_any_bytes_are_an_entry_or_refused(leaf):
    with suppress(ValueError):
        assert write_entry(read_entry(leaf)) == leaf


@pytest.mark.parametrize(
    "change",
    [{"at": datetime(2026, 1, 1)}, {"sha256": "xy" * 32}, {"detail": "why"}, {"kind": "forget"}],  # noqa: DTZ001
)
def test_an_entry_that_cannot_be_written_is_refused(change):
    with pytest.raises(ValueError, match="log"):
        replace(Entry("issue", "ab" * 32, NOW), **change)


# ---- notes and checkpoints ----


def test_the_examples_of_the_specification_are_understood():
    """From C2SP: a checkpoint's text, and the key id as the first bytes of a hash that names key and type."""
    text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    checkpoint = read_checkpoint(text)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert write_checkpoint(checkpoint) == text
    assert VKEY.key_id() == hashlib.sha256(b"credence.example/log\n\x01" + VKEY.public_key).digest()[:4]


def test_the_key_of_gos_checksum_database_reads_and_opens_its_note():
    """A vkey and a signed tree head published by the Go project (golang.org/x/mod/sumdb/note, example)."""
    vkey = read_vkey("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    note = (
        "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    )
    assert open_note(note, vkey).startswith("If you think cryptography")
    with pytest.raises(NotProven):
        open_note(note.replace("answer", "Answer"), vkey)


def test_a_checkpoint_is_signed_and_opened():
    checkpoint = Checkpoint(VKEY.name, SIZES, ROOTS[SIZES])
    note = sign_checkpoint(checkpoint, VKEY, KEY.sign)
    assert open_checkpoint(note, VKEY) == checkpoint
    assert note.count("\n") == 5
    assert len(note) < 230


def test_a_vkey_reads_back_and_a_mistyped_one_does_not():
    text = write_vkey(VKEY)
    assert read_vkey(text) == VKEY
    for broken in (text[:-2], text.replace("+", "-"), "", "a+b+c", text.replace("log", "lag"), text + "=", "é+ü+AQ=="):
        with pytest.raises(ValueError, match="key"):
            read_vkey(broken)


def test_other_keys_lines_are_passed_over_and_the_own_must_be_there():
    witness_key = Ed25519PrivateKey.generate()
    witness = Vkey("witness.example", witness_key.public_key().public_bytes_raw())
    text = write_checkpoint(Checkpoint(VKEY.name, 1, ROOTS[1]))
    ours, theirs = sign_note(text, VKEY, KEY.sign), sign_note(text, witness, witness_key.sign)
    both = ours + theirs.rpartition("\n\n")[2]
    assert open_note(both, VKEY) == open_note(both, witness) == text
    with pytest.raises(NotProven, match="is not signed by"):
        open_note(theirs, VKEY)
    assert open_note(ours + "— someone AAAAAAAA\n", VKEY) == text


def test_a_key_of_the_same_name_is_another_key():
    other = Ed25519PrivateKey.generate()
    forged = sign_checkpoint(
        Checkpoint(VKEY.name, 1, ROOTS[1]), Vkey(VKEY.name, other.public_key().public_bytes_raw()), other.sign
    )
    with pytest.raises(NotProven, match="not signed by"):
        open_checkpoint(forged, VKEY)


def test_a_note_of_another_log_is_refused_though_signed():
    note = sign_checkpoint(Checkpoint("elsewhere.example/log", 1, ROOTS[1]), VKEY, KEY.sign)
    with pytest.raises(NotProven, match="elsewhere"):
        open_checkpoint(note, VKEY)


def test_a_signer_that_signs_something_else_is_found_out():
    with pytest.raises(NotProven):
        sign_note("text\n", VKEY, lambda text: KEY.sign(text + b"!"))


@given(st.data())
@settings(deadline=None)
def test_no_changed_character_of_a_checkpoint_passes(data):
    checkpoint = Checkpoint(VKEY.name, SIZES, ROOTS[SIZES])
    note = sign_checkpoint(checkpoint, VKEY, KEY.sign)
    at = data.draw(st.integers(0, len(note) - 1))
    new = data.draw(st.characters(codec="utf-8"))
    changed = note[:at] + new + note[at + 1 :]
    if changed != note:
        with pytest.raises(NotProven):
            open_checkpoint(changed, VKEY)


@given(st.text(max_size=300))
@settings(deadline=None)
def test_any_text_is_a_note_or_not(text):
    with pytest.raises(NotProven):
        open_note(text, VKEY)
    with suppress(NotProven):
        assert write_checkpoint(read_checkpoint(text)) == text


@pytest.mark.parametrize(
    "text",
    ["o\n01\nAA==\n", "o\n1\n" + "A" * 44 + "\n", "\n0\n" + "A" * 43 + "=\n", "o\n-1\n" + "A" * 43 + "=\n",
     "o\n1\n" + "A" * 43 + "=", "o\n1\n" + "A" * 43 + "=\nmore\n", "o\n1\n" + "A" * 42 + "B=\n",
     "o\n" + "9" * 30 + "\n" + "A" * 43 + "=\n"],
)  # fmt: skip
def test_a_checkpoint_written_otherwise_is_refused(text):
    with pytest.raises(NotProven):
        read_checkpoint(text)


def test_a_note_cannot_hold_everything():
    for text in ("no line feed", "bell\a\n", "return\r\n"):
        with pytest.raises(ValueError, match="note ends"):
            sign_note(text, VKEY, KEY.sign)
    for name in ("", "a b", "a+b", "a\u2003b", "a\nb"):
        with pytest.raises(ValueError, match="name"):
            Vkey(name, bytes(32))
    for origin in ("", "two\nlines"):
        with pytest.raises(ValueError, match="origin"):
            Checkpoint(origin, 0, EMPTY_ROOT)


# ---- what a bundle carries ----


@pytest.fixture
def proof():
    entries = [write_entry(Entry("issue", f"{n:064x}", NOW + timedelta(seconds=n))) for n in range(100)]
    node, frontier = grow(entries)
    note = sign_checkpoint(Checkpoint(VKEY.name, 100, frontier.root()), VKEY, KEY.sign)
    return LogProof(entries[41], 41, inclusion_proof(41, 100, node), note)


def test_a_proof_is_json_and_back(proof):
    assert proof_from_json(proof_to_json(proof)) == proof
    entry, checkpoint = proof.check(VKEY)
    assert (entry.sha256, checkpoint.size) == (f"{41:064x}", 100)


@pytest.mark.parametrize("field", ["entry", "index", "inclusion", "checkpoint"])
@pytest.mark.parametrize("value", [None, "", 7, True, [], ["x"], [1], {"a": 1}, "é", -1, ["AA=="], ["A" * 44] * 65])
def test_a_proof_of_another_shape_is_refused(proof, field, value):
    for broken in ({**proof_to_json(proof), field: value}, {"other": 1, **proof_to_json(proof)}, None, []):
        with pytest.raises(NotProven):
            proof_from_json(broken).check(VKEY)


def test_a_leaf_that_is_no_entry_proves_nothing():
    note = sign_checkpoint(Checkpoint(VKEY.name, 1, hash_leaf(b"hello")), VKEY, KEY.sign)
    with pytest.raises(NotProven, match="not an entry"):
        LogProof(b"hello", 0, (), note).check(VKEY)


# ---- tiles ----


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 1234067), "tile/0/x001/x234/067"),
        (Tile(1, 0, 17), "tile/1/000.p/17"),
        (Tile(None, 273, 112), "tile/entries/273.p/112"),
        (Tile(2, 1000), "tile/2/x001/000"),
    ],
)
def test_paths_are_those_of_the_specification(tile, path):
    assert tile.path() == path
    assert read_tile_path(path) == tile


@pytest.mark.parametrize(
    "path",
    ["", "tile/0/0", "tile/00/000", "tile/8/000", "tile/0/x000/001", "tile/0/000.p/0", "tile/0/000.p/256",
     "tile/0/000.p/257", "tile/0/000.p/01", "tile/-1/000", "tile/entries/../000", "tile/0/001/000", "tile/0/000 ",
     "tile/0/٠٠٠", "tile/0/" + "x000/" * 20 + "000", "/tile/0/000", "tile/0/000\n"],
)  # fmt: skip
def test_any_other_path_is_no_tile(path):
    with pytest.raises(ValueError, match="no such tile"):
        read_tile_path(path)


def test_a_tree_of_70000_has_the_tiles_the_specification_counts():
    tiles = tiles_between(0, 70_000)
    hashes = [tile for tile in tiles if tile.level is not None]
    assert sum(tile.level == 0 and tile.width == 256 for tile in hashes) == 273
    assert [(tile.level, tile.index, tile.width) for tile in hashes if tile.width < 256] == [
        (0, 273, 112),
        (1, 1, 17),
        (2, 0, 1),
    ]
    assert [(tile.level, tile.index) for tile in hashes if tile.level and tile.width == 256] == [(1, 0)]
    assert sum(tile.level is None for tile in tiles) == 274
    assert all(tile.is_in(70_000) for tile in tiles)
    assert len(set(tiles)) == len(tiles)


def test_a_tree_of_256_has_a_full_tile_and_one_hash_above():
    assert [(t.level, t.width) for t in tiles_between(0, 256)] == [(0, 256), (None, 256), (1, 1)]


@given(st.integers(0, 200_000), st.integers(0, 200_000))
@settings(max_examples=60, deadline=None)
def test_the_tiles_of_a_growing_log_are_those_it_lacked(first, second):
    old, size = sorted((first, second))
    assert set(tiles_between(old, size)) == set(tiles_between(0, size)) - set(tiles_between(0, old))
    assert not any(tile.is_in(old) for tile in tiles_between(old, size))


def test_a_log_cannot_shrink():
    with pytest.raises(ValueError, match="cannot have become"):
        tiles_between(5, 4)


def test_the_published_tiles_alone_give_every_proof():
    size = 66_000
    leaves = [b"%d" % n for n in range(size)]
    node, frontier = grow(leaves)
    published = {t.path(): hash_tile(t, node) for t in tiles_between(0, size) if t.level is not None}
    elsewhere = node_in_tiles(size, lambda tile: published[tile.path()])
    assert root_of(size, elsewhere) == frontier.root()
    for index in (0, 255, 256, 40_000, 65_535, 65_536, size - 1):
        proof = inclusion_proof(index, size, elsewhere)
        assert proof == inclusion_proof(index, size, node)
        check_inclusion(hash_leaf(leaves[index]), index, size, proof, frontier.root())
    for old in (1, 256, 65_536, 65_700):
        assert consistency_proof(old, size, elsewhere) == consistency_proof(old, size, node)


def test_a_tile_of_a_wrong_length_is_refused():
    with pytest.raises(ValueError, match="has 31 bytes"):
        node_in_tiles(1, lambda tile: bytes(31))(0, 0)
    with pytest.raises(ValueError, match="no hashes"):
        hash_tile(Tile(None, 0), NODE)


@given(st.lists(st.binary(max_size=300), max_size=20))
@settings(deadline=None)
def test_entries_come_out_of_a_bundle_as_they_went_in(leaves):
    content = entry_bundle(leaves)
    assert list(read_entry_bundle(content)) == leaves
    assert len(content) == sum(2 + len(leaf) for leaf in leaves)


@given(st.binary(max_size=60))
@settings(deadline=None)
def test_any_bytes_are_a_bundle_or_refused(content):
    with suppress(ValueError):
        assert entry_bundle(read_entry_bundle(content)) == content


@pytest.mark.parametrize("content", [b"\0", b"\0\1", b"\0\2ab\0\3ab"])
def test_a_bundle_that_is_cut_is_refused(content):
    with pytest.raises(ValueError, match="ends within"):
        read_entry_bundle(content)
