"""The product as `make serve` runs it: granian, the worker, and the demonstration in an embedded database."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lms.config import read_settings
from lms.demo import load as demo

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 120


@dataclass(frozen=True)
class Served:
    """A running installation: its address, the password of everybody in it, and the folder of its data and log."""

    url: str
    password: str
    folder: Path


@contextmanager
def serve(folder: Path) -> Iterator[Served]:
    """Run the product on a free port with its data in the folder; stopped when the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    ours = {"LMS_DATA_DIR": str(folder), "PORT": str(port), "PUBLIC_URL": f"http://localhost:{port}"}
    environ = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "REDIS_URL", "SMTP_URL")}
    log = (folder / "serve.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "lms.serve"], cwd=ROOT, env={**environ, **ours}, stdout=log, stderr=log
    )
    try:
        _wait(f"http://localhost:{port}/healthz", process)
        yield Served(ours["PUBLIC_URL"], demo.demo_password(read_settings(ours)), folder)
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def _wait(url: str, process: "subprocess.Popen[bytes]") -> None:
    last = time.monotonic() + PATIENCE
    while time.monotonic() < last:
        if process.poll() is not None:
            raise RuntimeError("the server ended before it answered")
        try:
            urllib.request.urlopen(url, timeout=2).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise TimeoutError(url)
