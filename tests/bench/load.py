"""The load: one thread that keeps a few connections busy and checks every answer. No wrk to install, no other kernel.

It speaks just enough HTTP/1.1: whole requests on connections that stay open, answers with a length.
"""

import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle

CONNECTIONS = 4


@dataclass(frozen=True, slots=True)
class Sample:
    """What came of some seconds of load: answers, seconds it took, and how large an answer was."""

    answers: int
    seconds: float
    size: int


def write_request(host: str, path: str, cookie: str = "", body: str = "", *, compressed: bool = False) -> bytes:
    """Return a whole request: a POST where there is a body."""
    lines = [f"{'POST' if body else 'GET'} {path} HTTP/1.1", f"Host: {host}", "Accept: text/html", "User-Agent: bench"]
    lines += [f"Cookie: {cookie}"] if cookie else []
    lines += ["Accept-Encoding: br, gzip"] if compressed else []
    if body:
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", body]).encode()


def ask(port: int, request: bytes) -> tuple[bytes, bytes]:
    """Ask once and return head and body; raises `RuntimeError` for anything but 200."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(request)
        return _read(connection)


def _read(connection: socket.socket, first: bytes = b"") -> tuple[bytes, bytes]:
    data = bytearray(first)
    while (end := data.find(b"\r\n\r\n")) < 0:
        _take(connection, data)
    head = bytes(data[: end + 4])
    length = _length(head)
    while len(data) < len(head) + length:
        _take(connection, data)
    return head, bytes(data[len(head) :])


def _take(connection: socket.socket, data: bytearray) -> None:
    piece = connection.recv(1 << 18)
    if not piece:
        raise RuntimeError("the server closed the connection")
    data += piece


def _length(head: bytes) -> int:
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(f"the server answered {head.splitlines()[0].decode(errors='replace')}")
    _, _, rest = head.lower().partition(b"content-length:")
    return int(rest.split(b"\r\n", 1)[0])


def press(port: int, requests: Sequence[bytes], seconds: float, connections: int = CONNECTIONS) -> Sample:
    """Keep the connections busy for so long, asking for each of the requests in turn."""
    turn: Iterator[bytes] = cycle(requests)
    picker = selectors.DefaultSelector()
    held = [socket.create_connection(("127.0.0.1", port), timeout=30) for _ in range(connections)]
    try:
        for connection in held:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            picker.register(connection, selectors.EVENT_READ)
        answers = size = 0
        begun = time.perf_counter()
        for connection in held:
            connection.sendall(next(turn))
        waiting = len(held)
        while waiting:
            for key, _ in picker.select(30):
                connection = key.fileobj  # type: ignore[assignment]
                _, body = _read(connection)
                answers += 1
                size = len(body)
                if time.perf_counter() - begun < seconds:
                    connection.sendall(next(turn))
                else:
                    waiting -= 1
        return Sample(answers, time.perf_counter() - begun, size)
    finally:
        picker.close()
        for connection in held:
            connection.close()
