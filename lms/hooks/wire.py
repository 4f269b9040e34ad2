"""One POST to an address that somebody else chose, without letting it lead us into our own network.

The name is resolved once, every address it has must be a public one, and the connection goes to the address that was
checked, so a name that changes its mind between check and use gains nothing. No redirects, no proxy, a small answer,
and an end after ten seconds whatever the other side does.
"""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from lms.errors import Invalid

SECONDS = 10.0
MOST_BYTES = 4096
LONGEST = 500

INSIDE = (".localhost", ".local", ".internal", ".home.arpa", ".localdomain")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# What the standard library calls global and yet may lead inside: translation prefixes that carry an IPv4 address.
TRANSLATED = tuple(
    ipaddress.ip_network(prefix) for prefix in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96")
)


class Undelivered(OSError):  # noqa: N818 - it is what happened, not a fault of ours
    """The message did not arrive, with the reason in words; it is tried again later."""


def check_url(url: str, *, local: bool) -> str:
    """Return the address as it is kept, or raise `Invalid`: https, a host, no user name, nothing of our own network.

    `local` also allows http to the loopback address: for tests.
    """
    url = url.strip()
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Invalid(url="This is no web address.") from None
    if len(url) > LONGEST or not url.isascii() or any(char.isspace() or not char.isprintable() for char in url):
        raise Invalid(url=f"Use at most {LONGEST} plain characters without spaces.")
    if not parts.hostname or parts.username is not None or parts.password is not None or port == 0:
        raise Invalid(url="Give an address such as https://example.org/hook, without a user name.")
    if parts.scheme != "https" and not (local and parts.scheme == "http"):
        raise Invalid(url="The address must begin with https://.")
    literal = _literal(parts.hostname)
    if literal is not None and not _allowed(literal, local=local):
        raise Invalid(url="This address is not on the public internet.")
    if literal is None and not local and ("." not in parts.hostname or parts.hostname.endswith(INSIDE)):
        raise Invalid(url="This name is not on the public internet.")
    return url


def post(
    url: str, body: bytes, headers: Mapping[str, str], *, local: bool = False, trusted: ssl.SSLContext | None = None
) -> int:
    """Send the body and return the status; raise `Undelivered` unless it is 2xx."""
    parts = urlsplit(check_url(url, local=local))
    assert parts.hostname is not None
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = resolve(parts.hostname, port, local=local)
    wire = _open(parts, address, port, trusted)
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        wire.request("POST", target, body, dict(headers))
        answer = wire.getresponse()
        answer.read(MOST_BYTES)
    except (OSError, http.client.HTTPException) as error:
        raise Undelivered(f"no answer within {SECONDS:.0f} seconds or none that could be read ({error})") from error
    finally:
        wire.alarm.cancel()
        wire.close()
    if not 200 <= answer.status < 300:
        raise Undelivered(f"the server answered {answer.status}")
    return answer.status


def resolve(host: str, port: int, *, local: bool) -> Address:
    """Return an address of the host; raise `Undelivered` when it has none, or when any of them is not a public one."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Undelivered(f"the name {host} is not known") from error
    addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    if not addresses or not all(_allowed(address, local=local) for address in addresses):
        raise Undelivered(f"{host} is not on the public internet")
    return addresses[0]


def _allowed(address: Address, *, local: bool) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return _allowed(address.ipv4_mapped, local=local)
        if local and address.is_loopback:
            return True
        if address.is_site_local or any(address in network for network in TRANSLATED):
            return False
    if local and address.is_loopback:
        return True
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _literal(host: str) -> Address | None:
    """Return the address where the host is one, also in odd spellings that resolvers accept (0x7f.1, 2130706433)."""
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        pass
    try:
        return ipaddress.ip_address(socket.inet_aton(host))
    except (OSError, UnicodeError):
        return None


class _Plain(http.client.HTTPConnection):
    """Connects to the checked address, asks for the host by its name, and is cut off when its time is over."""

    def __init__(self, host: str, port: int, address: Address) -> None:
        super().__init__(host, port, timeout=SECONDS)
        self.address = address
        # The socket's own timeout begins anew with every byte: a drip would last for ever.
        self.alarm = threading.Timer(SECONDS, self.cut)
        self.alarm.daemon = True
        self.held: socket.socket
        """The connection's socket, also while only the answer still reads from it."""

    def connect(self) -> None:
        """Connect to the address, not to the name."""
        self.sock = self.held = socket.create_connection((str(self.address), self.port), self.timeout)
        self.alarm.start()

    def cut(self) -> None:
        """End whatever is going on: the thread that waits gets an error or an end of file."""
        with contextlib.suppress(OSError):  # it is closed already
            self.held.shutdown(socket.SHUT_RDWR)


class _Sealed(_Plain):
    """The same over TLS; the certificate must be the name's."""

    default_port = 443

    def __init__(self, host: str, port: int, address: Address, trusted: ssl.SSLContext) -> None:
        super().__init__(host, port, address)
        self.trusted = trusted

    def connect(self) -> None:
        """Connect to the address and check that the name's own certificate answers there."""
        super().connect()
        sealed = self.trusted.wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
        self.sock = self.held = sealed
        sealed.do_handshake()


def _open(parts: SplitResult, address: Address, port: int, trusted: ssl.SSLContext | None) -> _Plain:
    host = str(parts.hostname)
    if parts.scheme == "https":
        return _Sealed(host, port, address, trusted or ssl.create_default_context())
    return _Plain(host, port, address)
