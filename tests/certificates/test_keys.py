"""Keys are read and written exactly; DIDs and their documents say what verifiers need, and no more is believed."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from certificates.keys import (
    did_document,
    did_url,
    did_web,
    key_id,
    key_pem,
    keys_of,
    load_key,
    new_key,
    read_base58,
    read_multikey,
    write_base58,
    write_multikey,
)

# W3C vc-di-eddsa, appendix B.1: a published key pair
SECRET = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq"
PUBLIC = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
DID = "did:web:credence.example:p:harbor"


@pytest.fixture(scope="module")
def key():
    return new_key()


def test_the_published_key_pair_belongs_together():
    seed = read_base58(SECRET[1:]).removeprefix(b"\x80\x26")
    assert write_multikey(load_key(seed).public_key()) == PUBLIC
    assert write_multikey(read_multikey(PUBLIC)) == PUBLIC


@pytest.mark.parametrize(
    ("data", "text"), [(b"Hello World!", "2NEpo7TZRRrLZSi2U"), (b"\0\0\x28\x7f\xb4\xcd", "11233QC4")]
)
def test_base58_is_that_of_its_draft(data, text):
    assert write_base58(data) == text
    assert read_base58(text) == data


@given(st.binary(max_size=80))
def test_base58_gives_back_what_it_was_given(data):
    assert read_base58(write_base58(data)) == data


@pytest.mark.parametrize("text", ["0", "O", "l", "z6Mk ", "é", "1" * 129])
def test_base58_refuses_what_it_never_writes(text):
    with pytest.raises(ValueError, match=r"base58|substring"):
        read_base58(text)


def test_a_key_survives_as_pem_and_as_seed(key):
    for secret in (key_pem(key), key.private_bytes_raw()):
        assert load_key(secret).private_bytes_raw() == key.private_bytes_raw()


def test_other_secrets_are_refused(key):
    locked = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret"))
    elliptic = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for secret in (b"", b"x" * 31, b"x" * 33, b"-----BEGIN", locked, elliptic):
        with pytest.raises(ValueError, match=r"a key is|not Ed25519"):
            load_key(secret)


@pytest.mark.parametrize("text", ["", "z", PUBLIC[1:], PUBLIC[:-1], PUBLIC + "1", SECRET, "m" + PUBLIC[1:]])
def test_other_multikeys_are_refused(text):
    with pytest.raises(ValueError, match=r"Multikey|substring"):
        read_multikey(text)


@pytest.mark.parametrize(
    ("host", "path", "did", "url"),
    [
        ("credence.example", (), "did:web:credence.example", "https://credence.example/.well-known/did.json"),
        ("credence.example", ("p", "harbor"), DID, "https://credence.example/p/harbor/did.json"),
        ("localhost:5000", (), "did:web:localhost%3A5000", "https://localhost:5000/.well-known/did.json"),
        ("a.b:8443", ("p", "x"), "did:web:a.b%3A8443:p:x", "https://a.b:8443/p/x/did.json"),
    ],
)
def test_a_did_is_made_of_host_and_path(host, path, did, url):
    assert did_web(host, *path) == did
    assert did_url(did) == url


@pytest.mark.parametrize("host", ["", "https://a.b", "A.b", "a.b/", "a b", "a.b:", "a.b:123456", "a.b#c", "-a"])
def test_what_is_no_host_is_refused(host):
    with pytest.raises(ValueError, match="is not a host"):
        did_web(host)


def test_an_empty_part_of_the_path_is_refused():
    with pytest.raises(ValueError, match="empty"):
        did_web("a.b", "p", "")


@pytest.mark.parametrize("did", ["", "did:key:z6Mk", "did:web:", "did:web:a.b#c", "did:web:a.b::x", "did:web:a/b"])
def test_other_dids_have_no_address(did):
    with pytest.raises(ValueError, match="is not a did:web"):
        did_url(did)


def test_a_did_document_says_it_as_verifiers_read_it(key):
    old = new_key()
    document = did_document(DID, [key.public_key(), old.public_key()])
    assert document["id"] == DID
    assert document["assertionMethod"] == [key_id(DID, key.public_key()), key_id(DID, old.public_key())]
    assert all(name.startswith(f"{DID}#z6Mk") for name in document["assertionMethod"])
    assert {method["controller"] for method in document["verificationMethod"]} == {DID}
    assert [method["id"].partition("#")[2] for method in document["verificationMethod"]] == [
        method["publicKeyMultibase"] for method in document["verificationMethod"]
    ]
    assert list(keys_of(document)) == document["assertionMethod"]
    assert keys_of(document)[key_id(DID, old.public_key())] == old.public_key()


@pytest.mark.parametrize(
    "change",
    [
        lambda it: it.pop("id"),
        lambda it: it.update(id="did:web:other.example"),
        lambda it: it.update(assertionMethod=[]),
        lambda it: it.update(assertionMethod=[{"id": it["assertionMethod"][0]}]),
        lambda it: it.update(verificationMethod="none"),
        lambda it: it["verificationMethod"][0].update(controller="did:web:other.example"),
        lambda it: it["verificationMethod"][0].update(publicKeyMultibase=PUBLIC),
        lambda it: it["verificationMethod"][0].update(publicKeyMultibase=None),
        lambda it: it["verificationMethod"][0].update(type="JsonWebKey"),
    ],
)
def test_an_unsound_did_document_is_refused(key, change):
    document = did_document(DID, [key.public_key()])
    change(document)
    with pytest.raises(ValueError, match="DID document"):
        keys_of(document)
