"""Asks a child process that can take no more than its share: for parsers that cannot be bounded in this one.

The child (`parsers`) limits its memory to 1 GiB, its processor time to 8 seconds and its answer to 16 MB, has no
environment, and is killed when it takes too long; whatever it does, this process goes on.
"""

import json
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any, Literal, TypeAlias

Task: TypeAlias = Literal["read_pdf", "read_picture", "compare_pdf", "compare_png", "compare_svg"]

SECONDS = 15
AT_ONCE = 2  # children of one process: twice 1 GiB at the most
WAIT_SECONDS = 3  # whoever waits keeps a thread of the web server from everybody else
ANSWER_BYTES = 16_000_000
PLACES = threading.BoundedSemaphore(AT_ONCE)
COMMAND = (sys.executable, "-P", "-s", "-B", "-X", "utf8", "-m", "certificates.parsers")
HOME = str(Path(__file__).parents[1])


class Unreadable(ValueError):  # noqa: N818 - an answer, not a fault
    """A file that could not be read within the limits; the message is a sentence for the person who sent it."""


class Busy(Unreadable):
    """Too many files are being read just now; the same file may be read a little later."""


def ask(task: Task, *parts: bytes) -> dict[str, Any]:
    """Return the child's answer, or raise `Unreadable`; may be called from any number of threads.

    At most two children of this process run at once; a caller waits up to three seconds for a place, then `Busy`.
    """
    if not PLACES.acquire(timeout=WAIT_SECONDS):
        raise Busy("Too many files are being read at this moment. Please try again in a minute.")
    try:
        return _ask(task, parts)
    finally:
        PLACES.release()


def _ask(task: Task, parts: tuple[bytes, ...]) -> dict[str, Any]:
    head = json.dumps({"task": task, "sizes": [len(part) for part in parts]}).encode() + b"\n"
    # files, not pipes: the kernel itself keeps the answer below the child's limit
    with tempfile.TemporaryFile() as question, tempfile.TemporaryFile() as answer:
        question.write(head + b"".join(parts))
        question.seek(0)
        try:
            subprocess.run(  # noqa: S603 our own program, and no word of the command comes from the file
                COMMAND,
                stdin=question,
                stdout=answer,
                stderr=subprocess.DEVNULL,
                env={"PYTHONPATH": HOME, "LANG": "C.UTF-8"},
                cwd="/",
                timeout=SECONDS,
                check=False,  # killed, out of memory or crashed: it has not answered
                close_fds=True,
            )
        except subprocess.TimeoutExpired:
            raise Unreadable("This file takes too long to read; a certificate is read at once.") from None
        answer.seek(0)
        return _understand(answer.read(ANSWER_BYTES + 1))


def _understand(answer: bytes) -> dict[str, Any]:
    try:
        said = json.loads(answer)
    except ValueError:
        raise Unreadable("This file needs far more memory or time than a certificate; it was not read.") from None
    if not isinstance(said, dict) or "refused" in said:
        raise Unreadable(str(said["refused"]) if isinstance(said, dict) else "This file could not be read.")
    return said
