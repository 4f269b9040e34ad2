"""The process that typst runs in (`typesetter` starts it): draws what is asked for until nobody asks any more.

It reads nothing but the designs and the fonts, has no environment, and ends with the process that started it: then
its standard input ends.
"""

import json
import signal
import socket
import struct
import threading
from functools import lru_cache
from typing import Any

import typst

from certificates.typesetter import IDLE_SECONDS, read


def main() -> None:
    """Answer each socket that comes in over standard input, in a thread of its own."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the group; who asks still waits for its drawing
    with socket.socket(fileno=0) as door:
        door.settimeout(IDLE_SECONDS)
        try:
            while files := socket.recv_fds(door, 1, 1)[1]:
                threading.Thread(target=answer, args=(socket.socket(fileno=files[0]),), daemon=True).start()
        except TimeoutError:
            return


def answer(connection: socket.socket) -> None:
    """Read one question and answer it: "+" and the drawing, or "-" and why there is none."""
    with connection:
        try:
            said = b"+" + draw(**json.loads(read(connection)))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is for the one who asked
            said = b"-" + str(error).encode(errors="replace")
        connection.sendall(struct.pack("!Q", len(said)) + said)


def draw(fonts: list[str], compile: dict[str, Any] | None = None) -> bytes:  # noqa: A002 - typst's own word
    """Return the drawing, or the list of fonts as JSON where nothing is to be drawn."""
    shelf = open_fonts(tuple(fonts))
    if compile is None:
        return json.dumps([(font.family, font.path, font.index) for font in shelf.fonts()]).encode()
    return bytes(typst.compile(font_paths=shelf, **compile))


@lru_cache(maxsize=8)
def open_fonts(folders: tuple[str, ...]) -> typst.Fonts:
    """Return the fonts as typst wants them, read once."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=list(folders))


if __name__ == "__main__":
    main()
