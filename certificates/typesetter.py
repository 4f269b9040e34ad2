"""Asks the process that typst runs in: its 70 MB stay out of whoever draws, and go when nobody has drawn for a while.

One child (`press`) for each process that draws: started with the first drawing, again when it has died, and ended
with the process, however that ends.
"""

import atexit
import json
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

SECONDS = 30
IDLE_SECONDS = 300
COMMAND = (sys.executable, "-P", "-s", "-B", "-X", "utf8", "-m", "certificates.press")
HOME = str(Path(__file__).parents[1])
# one heap for all threads: with one for each, what a drawing frees is of no use to the next
ENVIRON = {"PYTHONPATH": HOME, "LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "1"}


class Font(NamedTuple):
    """A font that typst accepts; `path` is none for those it brings itself."""

    family: str
    path: str | None
    number: int


class _Gone(Exception):  # noqa: N818 - an answer, not a fault
    """The child ended before it answered."""


def typeset(
    document: Path,
    fonts: Iterable[Path],
    inputs: Mapping[str, str],
    form: Literal["pdf", "png", "svg"],
    **more: Any,
) -> bytes:
    """Return what typst makes of the document, which may read its own folder; `more` are typst's own arguments.

    `fonts` are the folders of fonts besides typst's own. May be called from any number of threads. Raise
    `RuntimeError` for what typst refuses, does not end in 30 seconds, or dies of twice.
    """
    given = {"input": str(document), "root": str(document.parent), "sys_inputs": dict(inputs), "format": form, **more}
    return _ask({"fonts": [str(folder) for folder in fonts], "compile": given})


@lru_cache(maxsize=8)
def list_fonts(folders: tuple[Path, ...]) -> tuple[Font, ...]:
    """Return the fonts of the folders, and those that typst brings."""
    return tuple(Font(*font) for font in json.loads(_ask({"fonts": [str(folder) for folder in folders]})))


def _ask(what: Mapping[str, Any]) -> bytes:
    question = json.dumps(what).encode()
    try:
        answer = PRESS.ask(question)
    except _Gone:  # of old age, or of somebody else's drawing
        try:
            answer = PRESS.ask(question)
        except _Gone:
            raise RuntimeError("the typesetter died of this drawing") from None
    if answer[:1] != b"+":
        raise RuntimeError(answer[1:].decode())
    return answer[1:]


class _Press:
    """The child and the way to it: for each question a pair of sockets, of which the child is sent one end."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._door: socket.socket | None = None

    def ask(self, question: bytes) -> bytes:
        """Return the answer; raise `_Gone` where there is none, and `RuntimeError` when it takes too long."""
        ours, theirs = socket.socketpair()
        with ours:
            ours.settimeout(SECONDS)
            with theirs:
                child = self._hand_over(theirs)
            try:
                ours.sendall(struct.pack("!Q", len(question)) + question)
                return read(ours)
            except TimeoutError:
                self._drop(child)
                raise RuntimeError("the typesetter takes too long for this drawing") from None
            except OSError as error:
                self._drop(child)
                raise _Gone from error

    def _hand_over(self, end: socket.socket) -> "subprocess.Popen[bytes]":
        with self._lock:
            if self._child is not None and self._door is not None:
                try:
                    socket.send_fds(self._door, [b"?"], [end.fileno()])
                except OSError:  # it has ended
                    self.close()
                else:
                    return self._child
            self._door, inner = socket.socketpair()
            with inner:
                self._child = subprocess.Popen(  # noqa: S603 - our own program, and no word of the command is foreign
                    COMMAND, stdin=inner.fileno(), stdout=subprocess.DEVNULL, env=ENVIRON, cwd="/"
                )
            threading.Thread(target=self._child.wait, daemon=True).start()  # whenever it ends, nothing is left of it
            socket.send_fds(self._door, [b"?"], [end.fileno()])
            return self._child

    def _drop(self, child: "subprocess.Popen[bytes]") -> None:
        with self._lock:
            if self._child is child:  # else somebody else has seen it already
                self.close()

    def close(self) -> None:
        """End the child, if there is one."""
        if self._child is not None and self._door is not None:
            self._door.close()
            self._child.kill()
            self._child.wait()
            self._child = self._door = None


def read(connection: socket.socket) -> bytes:
    """Return what the other side says, which begins with its length; raise `OSError` where it breaks off."""
    content, wanted = bytearray(), 8
    while len(content) < wanted:
        piece = connection.recv(1 << 16)
        if not piece:
            raise ConnectionResetError
        content += piece
        if wanted == 8 and len(content) >= 8:
            wanted += struct.unpack_from("!Q", content)[0]
    return bytes(content[8:])


PRESS = _Press()
atexit.register(PRESS.close)
