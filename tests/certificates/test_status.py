"""The revocation list: the bits of the standard, no bombs, and "cannot tell" is never "not revoked"."""

import base64
import copy
import gzip
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.keys import did_web, key_id, new_key
from certificates.proof import Verdict, sign, verify
from certificates.status import BYTES, LENGTH, StatusEntry, StatusList, is_revoked, sign_status_list

DID = did_web("credence.example")
KEY = new_key()
METHOD = key_id(DID, KEY.public_key())
KEYS = {METHOD: KEY.public_key()}
LIST = "https://credence.example/credentials/status/1"
NOW = datetime(2026, 11, 21, 18, tzinfo=UTC)
indexes = st.integers(0, LENGTH - 1)


def encoded(data):
    return "u" + base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def signed(statuses, now=NOW):
    return sign_status_list(statuses, LIST, KEY, METHOD, now)


@given(st.sets(indexes, max_size=40), indexes)
def test_what_is_revoked_stays_revoked_and_nothing_else_is(revoked, other):
    statuses = StatusList()
    for index in revoked:
        statuses = statuses.revoke(index).revoke(index)
    again = StatusList.decode(statuses.encode())
    assert again == statuses
    assert all(again.is_revoked(index) for index in revoked)
    assert again.is_revoked(other) == (other in revoked)


def test_index_0_is_the_leftmost_bit():
    assert StatusList().revoke(0).bits[0] == 0b1000_0000
    assert StatusList().revoke(7).bits[0] == 0b0000_0001
    assert StatusList().revoke(8).bits[1] == 0b1000_0000
    assert StatusList().revoke(LENGTH - 1).bits[-1] == 1


def test_the_text_is_multibase_base64url_of_gzip():
    text = StatusList().revoke(5).encode()
    assert text[0] == "u"
    assert not set(text) & set("+/=")
    packed = base64.urlsafe_b64decode(text[1:] + "=" * (-len(text[1:]) % 4))
    assert gzip.decompress(packed) == StatusList().revoke(5).bits
    assert StatusList().revoke(5).encode() == text
    assert len(StatusList().encode()) < 100


def test_the_list_of_the_standard_is_read():
    """The example of Bitstring Status List v1.0: 16 KiB of zeros, as another program packed them."""
    told = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"
    assert StatusList.decode(told) == StatusList()


@pytest.mark.parametrize("index", [-1, LENGTH])
def test_there_is_no_bit_outside(index):
    for ask in (StatusList().revoke, StatusList().is_revoked, lambda at: StatusEntry(LIST, at)):
        with pytest.raises(ValueError, match="an index is from 0"):
            ask(index)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "u",
        "z123",
        "u!!!",
        StatusList().encode()[1:],
        StatusList().encode()[:-9],
        encoded(b"plain"),
        encoded(gzip.compress(bytes(BYTES - 1), mtime=0)),
        encoded(gzip.compress(bytes(BYTES + 1), mtime=0)),
        encoded(gzip.compress(bytes(BYTES), mtime=0) + b"more"),
        "u" + "A" * 100_000,
    ],
)
def test_other_lists_are_refused(text):
    with pytest.raises(ValueError, match="status list"):
        StatusList.decode(text)


def test_a_zip_bomb_costs_nothing():
    bomb = encoded(gzip.compress(bytes(30_000_000), compresslevel=9, mtime=0))
    began = time.perf_counter()
    with pytest.raises(ValueError, match="status list"):
        StatusList.decode(bomb)
    assert time.perf_counter() - began < 0.1


def test_a_list_of_another_size_is_refused():
    with pytest.raises(ValueError, match="bytes"):
        StatusList(b"")


def test_the_signed_list_says_what_the_standard_wants():
    document = signed(StatusList())
    assert document["validFrom"] == "2026-11-21T18:00:00Z"
    assert document["validUntil"] == "2026-12-05T18:00:00Z"
    assert document["issuer"] == DID
    assert document["credentialSubject"]["statusPurpose"] == "revocation"
    assert verify(document, KEYS) is Verdict.GENUINE
    entry = StatusEntry(LIST, 7).to_json()
    assert entry["statusListIndex"] == "7"
    assert entry["id"] != entry["statusListCredential"] == document["id"]


@given(indexes)
def test_one_entry_is_read(index):
    assert StatusList().revoke(index).is_revoked(index)


def test_an_entry_of_a_signed_list_is_read():
    document = signed(StatusList().revoke(9))
    assert is_revoked(document, StatusEntry(LIST, 9), DID, KEYS, NOW)
    assert not is_revoked(document, StatusEntry(LIST, 10), DID, KEYS, NOW + timedelta(days=13))


@pytest.mark.parametrize("late", [timedelta(days=14), timedelta(days=400), -timedelta(seconds=1)])
def test_a_list_out_of_its_time_tells_nothing(late):
    with pytest.raises(ValueError, match="the status list is valid from"):
        is_revoked(signed(StatusList()), StatusEntry(LIST, 9), DID, KEYS, NOW + late)


def test_a_list_of_another_place_issuer_or_key_tells_nothing():
    document = signed(StatusList())
    other = new_key()
    for entry, issuer, keys in [
        (StatusEntry(LIST + "0", 9), DID, KEYS),
        (StatusEntry(LIST, 9), "did:web:other.example", KEYS),
        (StatusEntry(LIST, 9), DID, {}),
        (StatusEntry(LIST, 9), DID, {METHOD: other.public_key()}),
    ]:
        with pytest.raises(ValueError, match="status list"):
            is_revoked(document, entry, issuer, keys, NOW)


def test_a_changed_list_tells_nothing():
    document = signed(StatusList().revoke(9))
    document["credentialSubject"]["encodedList"] = StatusList().encode()
    with pytest.raises(ValueError, match="not genuine"):
        is_revoked(document, StatusEntry(LIST, 9), DID, KEYS, NOW)


def test_another_document_of_ours_is_no_list():
    document = signed(StatusList())
    unsigned = copy.deepcopy({name: value for name, value in document.items() if name != "proof"})
    unsigned["credentialSubject"]["statusPurpose"] = "suspension"
    with pytest.raises(ValueError, match="not the status list"):
        is_revoked(sign(unsigned, KEY, METHOD, NOW), StatusEntry(LIST, 9), DID, KEYS, NOW)
    del unsigned["credentialSubject"]
    with pytest.raises(ValueError, match="not a status list"):
        is_revoked(sign(unsigned, KEY, METHOD, NOW), StatusEntry(LIST, 9), DID, KEYS, NOW)
