"""Starting the servers, each on its core, and asking the system what they took."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.load import ask, write_request

TICK = os.sysconf("SC_CLK_TCK")
PATIENCE = 60
AS_MAKE_SERVE = {"PYTHONDONTWRITEBYTECODE": "", "MALLOC_ARENA_MAX": "1"}


def cores() -> tuple[int, int]:
    """Return the core of the web servers and the core of the client and the database; one and the same if need be."""
    free = sorted(os.sched_getaffinity(0))
    return free[0], free[-1]


@dataclass
class Server:
    """A server that answers; `seconds` is how long it took to the first answer."""

    process: "subprocess.Popen[bytes]"
    port: int
    seconds: float = 0

    def workers(self) -> list[int]:
        """Return the processes that answer requests: ours and those below it, but not the one for background work.

        That one is in a session of its own, out of reach of Ctrl-C.
        """
        return [pid for pid in _tree(self.process.pid) if _session(pid) == self.process.pid]

    def cpu(self) -> float:
        """Return the seconds of CPU its web processes have taken."""
        return sum(_cpu(pid) for pid in self.workers())

    def megabytes(self) -> float:
        """Return the memory of the largest web process but the one that draws: its resident set."""
        return max(_resident(pid) for pid in self.workers() if not _draws(pid)) / 1e6

    def drawing_megabytes(self) -> float:
        """Return the memory of the process that typst runs in, or nothing when it does not run."""
        return max([_resident(pid) for pid in self.workers() if _draws(pid)], default=0) / 1e6

    def whole_megabytes(self) -> float:
        """Return the memory of all its processes together, in which a page that two of them share counts once."""
        return sum(_share(pid) for pid in _tree(self.process.pid)) / 1e6


@contextmanager
def run(module: str, environ: Mapping[str, str], path: str) -> Iterator[Server]:
    """Run a module as a server until it answers 200 at the path, and stop it in the end; its port is a free one."""
    port = _free_port()
    begun = time.perf_counter()
    log = Path(environ["LMS_DATA_DIR"]) / f"{module}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", module],
            env={**os.environ, **environ, **AS_MAKE_SERVE, "PORT": str(port)},
            stdout=out, stderr=out, start_new_session=True,
        )  # fmt: skip
        os.sched_setaffinity(process.pid, {cores()[0]})
        server = Server(process, port)
        try:
            _await(server, path, log)
            server.seconds = time.perf_counter() - begun
            yield server
        finally:
            _stop(process)


def _await(server: Server, path: str, log: Path) -> None:
    begun = time.perf_counter()
    while not _answers(server.port, path):
        if time.perf_counter() - begun > PATIENCE or server.process.poll() is not None:
            raise RuntimeError(f"the server did not start:\n{log.read_text()[-3000:]}")
        time.sleep(0.01)


def _answers(port: int, path: str) -> bool:
    try:
        return bool(ask(port, write_request("localhost", path)))
    except (OSError, RuntimeError):
        return False


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _tree(pid: int) -> Sequence[int]:
    """Return the process and all below it."""
    below: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and (stat := _read(int(folder.name), "stat")):
            below.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(folder.name))
    found = [pid]
    for parent in found:
        found += below.get(parent, [])
    return found


def _read(pid: int, name: str) -> str:
    try:
        return Path(f"/proc/{pid}/{name}").read_text()
    except OSError:  # it has ended
        return ""


def _session(pid: int) -> int:
    fields = _read(pid, "stat").rpartition(")")[2].split()
    return int(fields[3]) if fields else 0


def _draws(pid: int) -> bool:
    return "certificates.press" in _read(pid, "cmdline")


def _cpu(pid: int) -> float:
    fields = _read(pid, "stat").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK if fields else 0


def _share(pid: int) -> int:
    _, _, rest = _read(pid, "smaps_rollup").partition("\nPss:")
    return int(rest.split()[0]) * 1024 if rest else 0


def _resident(pid: int) -> int:
    fields = _read(pid, "statm").split()
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE") if fields else 0
