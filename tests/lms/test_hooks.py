"""Webhooks: who is told, what is sent, how it is signed, and where it may never lead."""

import base64
import contextlib
import hashlib
import hmac
import ipaddress
import json
import socket
import ssl
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from sqlalchemy import select

from lms.awards.commands import reissue_award, revoke_award
from lms.awards.document import Holder
from lms.awards.sharing import set_disclosure
from lms.errors import Conflict, Invalid, NotFound
from lms.hooks import wire
from lms.hooks.commands import (
    MOST,
    TRIES,
    fan_out,
    forget_bodies,
    give_up,
    resend,
    rotate_secret,
    subscribe,
    withdraw_subscription,
)
from lms.hooks.models import Delivery
from lms.hooks.queries import (
    Owner,
    count_deliveries,
    get_delivery_of,
    get_subscription_of,
    list_deliveries,
    list_subscriptions,
)
from lms.hooks.signing import headers_of, secret_of, sign
from lms.hooks.wire import Undelivered, check_url, post, resolve
from lms.outbox import Promise, list_due
from lms.worker import keep_promise


class Receiver:
    """A real server: answers each POST with the next of `statuses`, then with 204, and keeps what came."""

    def __init__(self, *statuses, pause=0.0, extra=b""):
        self.statuses, self.came = list(statuses), []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.came.append((self.path, dict(self.headers), body))
                status = receiver.statuses.pop(0) if receiver.statuses else 204
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", str(len(extra)))
                self.end_headers()
                for at in range(len(extra)):
                    time.sleep(pause)
                    try:
                        self.wfile.write(extra[at : at + 1])
                        self.wfile.flush()
                    except OSError:
                        return

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}/hook?a=b"

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def receiver():
    """Begin servers; they end with the test."""
    begun = []

    def begin(*statuses, **how):
        begun.append(Receiver(*statuses, **how))
        return begun[-1]

    yield begin
    for one in begun:
        one.close()


@pytest.fixture
def home(settings):
    """Settings under which the worker may speak to this machine."""
    return replace(settings, local_hooks=True)


@pytest.fixture
def work(session, home, monkeypatch, make):
    """Keep every promise about hooks that is due at a moment, as the worker does, on the test's own connection."""
    monkeypatch.setattr("lms.worker.open_seal", lambda *_: make.seal)

    def go(now):
        told = []
        kinds = dict(session.execute(select(Promise.id, Promise.kind)).all())
        due = [one for one in list_due(session, now) if kinds[one] in ("event", "webhook")]
        kept = [keep_promise(session.connection(), home, one, now=now, told=told.extend) for one in due]
        kept += [keep_promise(session.connection(), home, one, now=now) for one in told]
        session.expire_all()
        return kept

    go.home = home
    return go


@pytest.fixture
def provider(make):
    return make.provider()


@pytest.fixture
def issue(make, provider):
    """Issue a certificate of the provider."""
    return lambda: make.award(edition=make.edition(provider))


@pytest.fixture
def licensee(make):
    user = make.user(name="Zoë O’Brien-Łukasiewicz")
    make.license(user, number="LMFT471100")
    return user


@pytest.fixture
def begin(session, make, now):
    """Subscribe an owner to everything."""

    def go(owner, url="https://example.org/hook", events=("issued", "revoked", "replaced"), **how):
        return subscribe(session, owner, url, events, by=make.user().id, now=now, **how)

    return go


# ---- Signing


def test_the_signature_is_that_of_the_standard():
    """The worked example that Standard Webhooks publishes."""
    signature = sign(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        datetime.fromtimestamp(1614265330, UTC),
        '{"test": 2432232314}',
    )
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_each_salt_and_each_installation_has_its_own_secret():
    assert len({secret_of("master", "a"), secret_of("master", "b"), secret_of("other", "a")}) == 3
    assert secret_of("master", "a") == secret_of("master", "a")
    assert len(base64.b64decode(secret_of("master", "a").removeprefix("whsec_"))) == 32


# ---- Subscribing


def test_an_owner_sees_only_its_own(session, begin, make, provider):
    board = make.board()
    mine, theirs = begin(Owner("provider", provider.id)), begin(Owner("board", board.id))
    assert list_subscriptions(session, Owner("provider", provider.id)) == [mine]
    assert get_subscription_of(session, Owner("board", board.id), theirs.id) is theirs
    for stranger in (Owner("provider", make.provider().id), Owner("board", provider.id + 1000)):
        with pytest.raises(NotFound):
            get_subscription_of(session, stranger, mine.id)


@pytest.mark.parametrize(
    ("url", "events", "field"),
    [
        ("http://example.org/hook", ["issued"], "url"),
        ("https://example.org/hook", [], "events"),
        ("https://example.org/hook", ["deleted"], "events"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(begin, provider, url, events, field):
    with pytest.raises(Invalid) as refused:
        begin(Owner("provider", provider.id), url, events)
    assert set(refused.value.problems) == {field}


def test_the_same_address_is_told_once_and_not_too_many_are(begin, provider):
    owner = Owner("provider", provider.id)
    for number in range(MOST):
        begin(owner, f"https://example.org/{number}")
    with pytest.raises(Invalid) as refused:
        begin(owner, "https://example.org/0")
    assert set(refused.value.problems) == {"url", "form"}


# ---- Who is told of what


def events(session):
    return session.scalars(select(Promise).where(Promise.kind == "event").order_by(Promise.id)).all()


def told(session, make, now):
    """Fan all events out; who was told of what."""
    for event in events(session):
        fan_out(session, event.payload, event.id, seal=make.seal, made_at=event.made_at, now=now)
    return [(row.subscription_id, row.event) for row in session.scalars(select(Delivery).order_by(Delivery.id))]


def test_a_provider_is_told_of_its_own_certificates(session, begin, make, provider, now):
    mine, _ = begin(Owner("provider", provider.id)), begin(Owner("provider", make.provider().id))
    make.award(edition=make.edition(provider))
    assert told(session, make, now) == [(mine.id, "issued")]


def test_a_board_is_told_of_its_own_licensees(session, begin, make, licensee, now):
    mine = begin(Owner("board", make.board().id))
    begin(Owner("board", make.board(jurisdiction="US-NY").id))
    begin(Owner("board", make.board(professions=["psychologist"]).id))
    make.award(licensee)
    make.award()
    assert told(session, make, now) == [(mine.id, "issued")]


def test_a_license_that_left_the_profile_concerns_every_board_of_its_state(session, begin, make, licensee, now):
    other = begin(Owner("board", make.board(professions=["psychologist"]).id))
    make.award(licensee)
    licensee_license = session.scalars(select(type(make.license(make.user())))).first()
    session.delete(licensee_license)
    session.flush()
    assert told(session, make, now) == [(other.id, "issued")]


def test_only_the_chosen_events_are_told(session, begin, make, provider, now):
    mine = begin(Owner("provider", provider.id), events=["revoked", "replaced"])
    by, seal = make.user().id, make.seal
    revoke_award(
        session, make.award(edition=make.edition(provider)), reason="misconduct", note="x", by=by, seal=seal, now=now
    )
    reissue_award(
        session, make.award(edition=make.edition(provider)), Holder("New", []), note="x", by=by, seal=seal, now=now
    )
    assert sorted(told(session, make, now)) == [(mine.id, "replaced"), (mine.id, "revoked")]


def test_nobody_is_told_twice_or_after_withdrawing(session, begin, make, provider, now):
    owner = Owner("provider", provider.id)
    gone = begin(owner, "https://example.org/gone")
    mine = begin(owner)
    withdraw_subscription(session, gone, by=make.user().id, now=now)
    make.award(edition=make.edition(provider))
    assert told(session, make, now) == told(session, make, now) == [(mine.id, "issued")]


def test_the_message_says_it_all_in_the_shape_of_the_api(session, begin, make, licensee, now):
    begin(Owner("board", make.board().id))
    award = make.award(licensee)
    set_disclosure(session, award, whole=False, by=licensee.id, now=now)
    told(session, make, now)
    body = json.loads(session.scalars(select(Delivery.body)).one())
    assert (body["type"], body["timestamp"]) == ("certificate.issued", "2026-09-14T15:30:00Z")
    assert (body["data"]["schema"], body["data"]["result"]) == ("ce-verify/1", "valid")
    assert body["data"]["certificate"]["name"] == licensee.name


# ---- Sending


def test_it_is_sent_until_it_arrives_signed_and_the_same_each_time(
    session, begin, issue, provider, receiver, work, now
):
    there = receiver(500, 503)
    subscription = begin(Owner("provider", provider.id), there.url, local=True)
    issue()
    assert work(now) == [True, False]
    (row,) = list_deliveries(session, subscription.id, limit=10)
    assert (row.state, row.tries, row.problem) == ("failing", 1, "the server answered 500")
    assert work(now + timedelta(minutes=1)) == []  # not yet
    assert work(now + timedelta(minutes=2)) == [False]
    assert work(now + timedelta(minutes=6)) == [True]
    (row,) = list_deliveries(session, subscription.id, limit=10)
    assert (row.state, row.tries, count_deliveries(session, subscription.id)) == ("delivered", 3, 1)
    assert len(there.came) == 3
    assert len({body for _, _, body in there.came}) == 1
    assert {headers["webhook-id"] for _, headers, _ in there.came} == {row.delivery.message_id}
    path, headers, body = there.came[2]
    assert path == "/hook?a=b"
    assert headers["webhook-timestamp"] == str(int((now + timedelta(minutes=6)).timestamp()))
    key = base64.b64decode(secret_of(work.home.secret_key, subscription.salt).removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert headers["Content-Type"] == "application/json"


def test_after_many_days_nobody_tries_any_more_but_by_hand(session, begin, make, provider, receiver, work, now):
    there = receiver(*[500] * TRIES)
    owner = Owner("provider", provider.id)
    subscription = begin(owner, there.url, local=True)
    make.award(edition=make.edition(provider))
    moment = now
    for _ in range(30):
        work(moment)
        moment += timedelta(days=1)
    assert len(there.came) == TRIES
    (row,) = list_deliveries(session, subscription.id, limit=10)
    assert row.state == "given_up"
    resend(session, get_delivery_of(session, owner, row.delivery.id), by=make.user().id, now=moment)
    assert work(moment) == [True]
    assert list_deliveries(session, subscription.id, limit=10)[0].state == "delivered"


def test_a_delivered_message_is_sent_again_by_hand_under_the_same_id(
    session, begin, make, provider, receiver, work, now
):
    there = receiver()
    owner = Owner("provider", provider.id)
    subscription = begin(owner, there.url, local=True)
    make.award(edition=make.edition(provider))
    work(now)
    (row,) = list_deliveries(session, subscription.id, limit=10)
    resend(session, get_delivery_of(session, owner, row.delivery.id), by=make.user().id, now=now)
    assert list_deliveries(session, subscription.id, limit=10)[0].state == "waiting"
    work(now)
    assert len({headers["webhook-id"] for _, headers, _ in there.came}) == 1
    assert len(there.came) == 2


def test_the_text_of_a_message_is_deleted_after_a_month_and_the_fact_stays(
    session, begin, make, provider, receiver, work, now
):
    there, owner = receiver(200, *[500] * 99), Owner("provider", provider.id)
    subscription = begin(owner, there.url, local=True)
    make.award(edition=make.edition(provider))
    work(now)
    make.award(edition=make.edition(provider))
    work(now)
    assert forget_bodies(session, before=now) == 0
    assert forget_bodies(session, before=now + timedelta(seconds=1)) == 1, "the other one is still tried"
    session.expire_all()
    waiting, told = list_deliveries(session, subscription.id, limit=10)
    assert (waiting.delivery.body != "", told.delivery.body, told.state) == (True, "", "delivered")
    assert (told.delivery.message_id, told.delivery.made_at) != ("", None)
    with pytest.raises(Conflict):
        resend(session, told.delivery, by=make.user().id, now=now)


def test_a_failing_message_is_hurried_by_hand(session, begin, make, provider, receiver, work, now):
    there, owner = receiver(500), Owner("provider", provider.id)
    subscription = begin(owner, there.url, local=True)
    make.award(edition=make.edition(provider))
    work(now)
    (row,) = list_deliveries(session, subscription.id, limit=10)
    resend(session, row.delivery, by=make.user().id, now=now)
    assert work(now) == [True]
    with pytest.raises(NotFound):
        get_delivery_of(session, Owner("provider", make.provider().id), row.delivery.id)


def test_what_waits_when_a_subscription_ends_is_not_sent(session, begin, make, provider, receiver, work, now):
    there = receiver(500)
    subscription = begin(Owner("provider", provider.id), there.url, local=True)
    make.award(edition=make.edition(provider))
    work(now)
    withdraw_subscription(session, subscription, by=make.user().id, now=now)
    assert work(now + timedelta(days=1)) == [True]
    assert len(there.came) == 1


def test_while_a_secret_is_rotated_both_sign(session, begin, issue, provider, receiver, work, now):
    there = receiver()
    subscription = begin(Owner("provider", provider.id), there.url, local=True)
    old = subscription.salt
    rotate_secret(session, subscription, by=subscription.made_by, now=now)
    issue()
    work(now)
    _, headers, body = there.came[0]
    secrets = [secret_of(work.home.secret_key, salt) for salt in (subscription.salt, old)]
    assert (
        headers["webhook-signature"]
        == headers_of(secrets, headers["webhook-id"], now, body.decode())["webhook-signature"]
    )
    issue()
    work(now + timedelta(hours=25))
    assert " " not in there.came[1][1]["webhook-signature"]


def test_a_message_that_is_gone_cannot_be_given_up(session, now):
    with pytest.raises(Conflict):
        give_up(session, 0, now=now)


# ---- Where it may never lead


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "ftp://example.org/",
        "https://",
        "https:///path",
        "https://user@example.org/",
        "https://user:secret@example.org/",
        "https://example.org:0/",
        "https://example.org:99999/",
        "https://[::1",
        "https://example.org/a b",
        "https://exämple.org/",
        "https://example.org/" + "x" * 500,
        "https://localhost/",
        "https://intranet/",
        "https://db.internal/",
        "https://printer.local/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://0.0.0.0/",
        "https://10.0.0.1/",
        "https://172.16.0.1/",
        "https://192.168.1.1/",
        "https://100.64.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://224.0.0.1/",
        "https://255.255.255.255/",
        "https://[::1]/",
        "https://[::]/",
        "https://[fe80::1]/",
        "https://[fe80::1%25eth0]/",
        "https://[fc00::1]/",
        "https://[fd00:ec2::254]/",
        "https://[ff02::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:169.254.169.254]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://[fec0::1]/",
        "https://[2001:0:7f00:1::]/",
    ],
)
def test_an_address_of_our_own_network_is_no_address(url):
    with pytest.raises(Invalid) as refused:
        check_url(url, local=False)
    assert set(refused.value.problems) == {"url"}


@pytest.mark.parametrize(
    "url", ["https://example.org/hook", "https://93.184.216.34:8443/", "https://[2606:4700::1111]/"]
)
def test_a_public_address_is_taken(url):
    assert check_url(f" {url} ", local=False) == url


@pytest.mark.parametrize(
    "inside", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fe80::1%eth0", "::ffff:10.0.0.1"]
)
def test_a_name_that_leads_inside_is_refused_even_beside_a_public_address(monkeypatch, inside):
    found = [(0, 0, 0, "", ("93.184.216.34", 443)), (0, 0, 0, "", (inside, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(Undelivered, match="not on the public internet"):
        resolve("example.org", 443, local=False)


def test_a_name_that_is_not_known_is_tried_again_later(monkeypatch):
    def unknown(*_, **__):
        raise socket.gaierror("unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(Undelivered, match="not known"):
        resolve("example.org", 443, local=False)


def test_the_connection_goes_to_the_address_that_was_checked(receiver, monkeypatch):
    """A name that answers differently the second time gains nothing: it is asked once."""
    there, asked = receiver(), []

    def once(host, port, **_):
        asked.append(host)
        return [(0, 0, 0, "", ("127.0.0.1", port))]

    connected = []
    monkeypatch.setattr(wire.socket, "getaddrinfo", once)
    monkeypatch.setattr(wire.socket, "create_connection", lambda to, timeout: connected.append(to) or _dial(to))
    assert post(there.url.replace("127.0.0.1", "hooks.example.org"), b"{}", {}, local=True) == 204
    assert asked == ["hooks.example.org"]
    assert connected == [("127.0.0.1", there.server.server_port)]
    assert there.came[0][1]["Host"] == f"hooks.example.org:{there.server.server_port}"


def _dial(to):
    made = socket.socket()
    made.settimeout(5)
    made.connect(to)
    return made


def test_a_redirect_is_not_followed(receiver):
    there = receiver(302)
    with pytest.raises(Undelivered, match="answered 302"):
        post(there.url, b"{}", {}, local=True)
    assert len(there.came) == 1


def test_a_server_that_drips_is_cut_off(receiver, monkeypatch):
    monkeypatch.setattr(wire, "SECONDS", 0.3)
    there = receiver(pause=0.05, extra=b"x" * 400)
    begun = time.monotonic()
    with contextlib.suppress(Undelivered):
        post(there.url, b"{}", {}, local=True)
    assert time.monotonic() - begun < 5


def test_a_server_that_does_not_answer_is_given_up(monkeypatch):
    monkeypatch.setattr(wire, "SECONDS", 0.3)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(Undelivered, match="no answer"):
            post(f"http://127.0.0.1:{silent.getsockname()[1]}/", b"{}", {}, local=True)


def test_nobody_there_is_tried_again_later():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    with pytest.raises(Undelivered):
        post(f"http://127.0.0.1:{port}/", b"{}", {}, local=True)


def test_a_server_that_is_not_who_it_says_is_refused(receiver):
    """TLS against a plain server fails in the handshake, and nothing of the body is sent."""
    there = receiver()
    with pytest.raises(Undelivered):
        post(there.url.replace("http:", "https:"), b"{}", {}, local=True, trusted=ssl.create_default_context())
    assert there.came == []


class Sealed(Receiver):
    """The same behind TLS, with a certificate for one name."""

    def __init__(self, folder, name):
        super().__init__()
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        begun = datetime.now(UTC) - timedelta(days=1)
        made = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(begun)
            .not_valid_after(begun + timedelta(days=9))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .sign(key, hashes.SHA256())
        )
        self.file = folder / "server.pem"
        self.file.write_bytes(
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + made.public_bytes(Encoding.PEM)
        )
        serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        serving.load_cert_chain(self.file)
        self.server.socket = serving.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)


@pytest.mark.parametrize(("name", "arrives"), [("hooks.example.org", True), ("elsewhere.example.org", False)])
def test_the_name_must_have_its_own_certificate(tmp_path, monkeypatch, name, arrives):
    there = Sealed(tmp_path, "hooks.example.org")
    monkeypatch.setattr(wire, "resolve", lambda *_, **__: ipaddress.ip_address("127.0.0.1"))
    trusted = ssl.create_default_context(cafile=there.file)
    try:
        url = f"https://{name}:{there.server.server_port}/hook"
        if arrives:
            assert post(url, b"{}", {}, local=True, trusted=trusted) == 204
        else:
            with pytest.raises(Undelivered, match="certificate"):
                post(url, b"{}", {}, local=True, trusted=trusted)
        assert len(there.came) == arrives
    finally:
        there.close()
