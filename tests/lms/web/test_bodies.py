"""Bodies that come slowly: a few may be waited for, and every page goes on answering meanwhile."""

import io
import select
import signal
import socket
import time
from contextlib import ExitStack
from threading import Event, Thread

import pytest
from werkzeug.test import create_environ, run_wsgi_app
from werkzeug.wrappers import Request, Response

from lms.web.bodies import WholeBodies
from tests.lms.test_serve import answer as answer_of
from tests.lms.test_serve import free_port, start

HEAD = (
    "POST /verify HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n"
)


@Request.application
def echo(request):
    return Response(request.get_data())


class Slow(io.RawIOBase):
    """A body that comes when it is let."""

    def __init__(self, content):
        self.content = io.BytesIO(content)
        self.asked, self.let = Event(), Event()

    def read(self, size=-1):
        self.asked.set()
        assert self.let.wait(10)
        return self.content.read(size)


def ask(app, body=b"", length=None):
    """Send a body as a server does, and return the answer whole."""
    environ = create_environ("/", method="POST")
    coming = io.BytesIO(body) if isinstance(body, bytes) else body
    sent = str(len(body) if length is None else length)
    environ |= {"wsgi.input": coming, "CONTENT_LENGTH": sent, "wsgi.input_terminated": True}
    content, status, headers = run_wsgi_app(app, environ, buffered=True)
    return Response(b"".join(content), status, headers)


def test_only_so_many_are_waited_for_and_the_next_one_is_told_when_to_come_again():
    app, slow, said = WholeBodies(echo, at_once=1, most=10), Slow(b"slow"), []
    waiting = Thread(target=lambda: said.append(ask(app, slow, 4)))
    waiting.start()
    try:
        assert slow.asked.wait(5)
        refused = ask(app, b"more")
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
        assert ask(app).status_code == 200, "what has no body does not wait"
    finally:
        slow.let.set()
        waiting.join(5)
    assert said[0].data == b"slow"
    assert ask(app, b"more").data == b"more"


def test_a_body_arrives_as_it_was_sent():
    app = WholeBodies(echo, at_once=1, most=10**7)
    content = bytes(range(256)) * 8000
    for _ in range(3):
        assert ask(app, content).data == content
    assert ask(app).data == b""


def test_half_a_body_is_refused_and_a_long_one_is_left_unread():
    app = WholeBodies(echo, at_once=1, most=10)
    assert ask(app, b"abc", 4).status_code == 400
    unread = Slow(b"x" * 11)
    assert ask(WholeBodies(Response("too long", 413), at_once=1, most=10), unread, 11).status_code == 413
    assert not unread.asked.is_set()


def test_an_application_that_fails_gives_its_turn_back():
    def fail(_, __):
        raise RuntimeError("no")

    failing = WholeBodies(fail, at_once=1, most=10)
    for _ in range(3):
        with pytest.raises(RuntimeError, match="no"):
            ask(failing, b"abc")


def test_a_server_with_four_threads_answers_beside_five_bodies_that_never_end(tmp_path):
    port = free_port()
    process = start(tmp_path, port)
    base = f"http://127.0.0.1:{port}"
    try:
        assert answer_of(base)[0] == 200
        with ExitStack() as stack:
            slow = [stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=5)) for _ in range(5)]
            for line in slow:
                line.sendall((HEAD.format(host=f"127.0.0.1:{port}") + "Content-Length: 40\r\n\r\ncode=").encode())
            for path in ("", "/verify", "/catalogue", "/healthz"):
                assert answer_of(base + path, seconds=1)[0] == 200
            # Two are waited for, whichever came first; the others were told to come again.
            until = time.monotonic() + 5
            while len(told := select.select(slow, [], [], 1)[0]) < 3 and time.monotonic() < until:
                time.sleep(0.05)
            said = [line.recv(100) for line in told]
            assert len(said) == 3, said
            assert all(b" 503 " in line for line in said), said
            for line in set(slow) - set(told):
                line.sendall(b"x" * 35)
                assert b" 400 " in line.recv(100), "the whole form came, without a token"
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
