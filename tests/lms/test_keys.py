"""The installation's keys: made once, private, rotated without loss, struck when they fell into other hands."""

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from lms.awards.keys import FILE, compromise_key, listed_keys, note_signed_head, open_seal, rotate_key

NOW = datetime(2026, 9, 14, tzinfo=UTC)
URL = "https://credence.example"


def test_keys_are_made_once_and_private(tmp_path):
    first, again = open_seal(tmp_path, URL), open_seal(tmp_path, URL)
    assert listed_keys(first) == listed_keys(again)
    assert first.blind == again.blind
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_starting_many_times_at_once_agrees_on_one_ring(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        rings = {tuple(listed_keys(seal)) for seal in pool.map(lambda _: open_seal(tmp_path, URL), range(16))}
    assert len(rings) == 1


def test_a_rotated_key_stays_listed_behind_the_new_one(tmp_path):
    old = listed_keys(open_seal(tmp_path, URL))
    new = rotate_key(tmp_path, now=NOW)
    seal = open_seal(tmp_path, URL)
    assert listed_keys(seal) == [new, *old]
    assert seal.method("house").endswith(new)
    assert seal.vouches_for(f"{seal.did('house')}#{old[0]}")


def test_a_compromised_key_is_struck_and_replaced(tmp_path):
    old = listed_keys(open_seal(tmp_path, URL))[0]
    new = compromise_key(tmp_path, old, since=NOW, now=NOW)
    seal = open_seal(tmp_path, URL)
    assert listed_keys(seal) == [new]
    assert not seal.vouches_for(f"{seal.did('house')}#{old}")
    with pytest.raises(ValueError, match="no such key"):
        compromise_key(tmp_path, "z6MkNobody", since=NOW, now=NOW)


def test_commands_at_once_lose_no_key(tmp_path):
    """Each reads what the one before wrote: a key that was overwritten would have signed and be nowhere."""
    open_seal(tmp_path, URL)
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: rotate_key(tmp_path, now=NOW), range(16)))
    assert len(made) == 16
    assert made < set(listed_keys(open_seal(tmp_path, URL)))


def test_striking_a_retired_key_keeps_the_one_in_use(tmp_path):
    old = listed_keys(open_seal(tmp_path, URL))[0]
    new = rotate_key(tmp_path, now=NOW)
    assert compromise_key(tmp_path, old, since=NOW, now=NOW) == new


@pytest.mark.parametrize("damage", ["", "{}", "[]", '{"keys": []}', '{"keys": [{"pem": "x", "compromised": ""}]}'])
def test_a_damaged_file_is_said_and_never_replaced(tmp_path, damage):
    (tmp_path / FILE).write_text(damage)
    with pytest.raises(ValueError, match="damaged"):
        open_seal(tmp_path, URL)
    assert (tmp_path / FILE).read_text() == damage


def test_dids_name_host_port_and_provider(tmp_path):
    seal = open_seal(tmp_path, "http://localhost:8080")
    assert seal.did() == "did:web:localhost%3A8080"
    assert seal.did("house") == "did:web:localhost%3A8080:p:house"
    assert seal.did_document("house")["id"] == seal.did("house")


def test_that_the_head_was_signed_stands_with_the_keys(tmp_path):
    assert open_seal(tmp_path, URL).names_lists, "a new installation has no head of before"
    ring = json.loads((tmp_path / FILE).read_text())
    del ring["names_lists"]
    (tmp_path / FILE).write_text(json.dumps(ring))
    assert not open_seal(tmp_path, URL).names_lists
    note_signed_head(tmp_path)
    assert open_seal(tmp_path, URL).names_lists
    assert rotate_key(tmp_path, now=datetime.now(UTC))
    assert open_seal(tmp_path, URL).names_lists
