"""Our checkpoints and inclusion proofs pass in Sigstore's implementation, and broken ones fail in both."""

import json
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from certificates.log import (
    Checkpoint,
    Entry,
    Frontier,
    LogProof,
    NotProven,
    Vkey,
    append,
    hash_leaf,
    inclusion_proof,
    proof_to_json,
    root_of,
    sign_checkpoint,
    write_entry,
    write_vkey,
)
from tests.independent.engines import HERE, install

KEY, STRANGER = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
VKEY = Vkey("credence.example/log", KEY.public_key().public_bytes_raw())
SIZES = (1, 2, 3, 7, 8, 9, 100, 255, 256, 257, 1000)


@pytest.fixture(scope="module")
def log():
    """A thousand entries and their nodes."""
    leaves = [write_entry(Entry("issue", f"{n:064x}", datetime(2026, 11, 21, tzinfo=UTC))) for n in range(1000)]
    nodes, frontier = {}, Frontier()
    for leaf in leaves:
        frontier, new = append(frontier, hash_leaf(leaf))
        nodes |= {(node.level, node.index): node.hash for node in new}
    return leaves, lambda level, index: nodes[level, index]


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    """A function that asks Sigstore's code about many proofs at once."""
    node, folder = install()
    shutil.copy(HERE / "log.mjs", folder)  # beside node_modules, where Node.js looks for its imports
    work = tmp_path_factory.mktemp("log")

    def ask(proofs, vkey=VKEY):
        question = {"vkey": write_vkey(vkey), "proofs": [proof_to_json(proof) for proof in proofs]}
        (work / "question.json").write_text(json.dumps(question))
        command = [*node.node, str(folder / "log.mjs"), str(work / "question.json")]
        done = subprocess.run(command, capture_output=True, timeout=60, check=True)
        return [answer["ok"] for answer in json.loads(done.stdout)]

    return ask


def make(log, index, size, key=KEY, vkey=VKEY):
    leaves, node = log
    note = sign_checkpoint(Checkpoint(vkey.name, size, root_of(size, node)), vkey, key.sign)
    return LogProof(leaves[index], index, inclusion_proof(index, size, node), note)


def ours(proof):
    try:
        proof.check(VKEY)
    except NotProven:
        return False
    return True


def test_every_proof_of_these_sizes_passes_there(log, ask):
    proofs = [make(log, index, size) for size in SIZES for index in range(0, size, 1 if size < 300 else 7)]
    assert len(proofs) > 1000
    assert all(ask(proofs))
    assert all(map(ours, proofs))


def test_what_is_broken_fails_there_and_here(log, ask):
    good = make(log, 41, 257)
    stranger = Vkey(VKEY.name, STRANGER.public_key().public_bytes_raw())
    broken = [
        replace(good, leaf=good.leaf.replace(b"issue", b"Issue")),
        replace(good, index=40),
        replace(good, index=257),
        replace(good, path=good.path[:-1]),
        replace(good, path=(*good.path, bytes(32))),
        replace(good, path=(*good.path[1:], good.path[0])),
        replace(good, path=make(log, 42, 257).path),
        replace(good, checkpoint=make(log, 41, 256).checkpoint),
        replace(good, checkpoint=good.checkpoint.replace("\n257\n", "\n258\n")),
        replace(good, checkpoint=good.checkpoint.replace("credence.example", "credulous.example")),
        replace(good, checkpoint=make(log, 41, 257, STRANGER, stranger).checkpoint),
        replace(good, checkpoint=good.checkpoint.replace("\n\n", "\n")),
    ]
    assert ask([good]) == [True] == [ours(good)]
    assert ask(broken) == [False] * len(broken) == [ours(proof) for proof in broken]
