"""The one command: it migrates, loads, serves, says who may sign in, and stops cleanly."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import text

from lms.awards.keys import FILE, open_seal
from lms.db import open_engine
from lms.schema import migrate
from lms.serve import prepare
from tests.bench.servers import _tree

ROOT = Path(__file__).parents[2]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(folder, port):
    environ = {"PATH": os.environ["PATH"], "HOME": str(folder), "LMS_DATA_DIR": str(folder / "data"), "PORT": str(port)}
    said = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    return subprocess.Popen([sys.executable, "-m", "lms.serve"], cwd=ROOT, env=environ, **said)


def answer(url, seconds=60):
    last = None
    for _ in range(seconds * 10):
        try:
            with urllib.request.urlopen(url, timeout=5) as response:
                return response.status, response.read().decode()
        except OSError as error:
            last = error
            time.sleep(0.1)
    raise AssertionError(last)


def fetch_pdf(base, said):
    """Return the first bytes of the learner's certificate, signed in as they print."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    login = f"{base}/account/login"
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.open(login, timeout=10).read().decode())[1]
    email, password = (re.search(words, said)[1] for words in (r"learner\s+(\S+)", r"password (\S+)"))
    typed = urlencode({"email": email, "password": password, "csrf_token": token}).encode()
    browser.open(urllib.request.Request(login, typed, {"Referer": login, "Origin": base}), timeout=10)
    code = re.search(r"/c/([0-9A-Z]{26})", said)[1]
    return browser.open(f"{base}/record/certificates/{code}.pdf", timeout=20).read(5)


def wait_for_the_end(processes):
    until = time.monotonic() + 10
    while left := [pid for pid in processes if Path(f"/proc/{pid}").exists()]:
        assert time.monotonic() < until, left
        time.sleep(0.05)


def test_one_command_serves_and_stops(tmp_path):
    port = free_port()
    for run in ("first", "second"):
        said = ""
        process = start(tmp_path, port)
        try:
            status, body = answer(f"http://localhost:{port}/healthz")
            assert (status, "ok" in body) == (200, True)
            pages = [answer(f"http://localhost:{port}{path}")[0] for path in ("/", "/catalogue", "/verify")]
            assert pages == [200, 200, 200]
            while said.count("bundle.json") < 2:  # of the good certificate and of the altered one
                said += process.stdout.readline()
            # what loads the demonstration draws too, and a server forked after it would never finish a PDF
            assert fetch_pdf(f"http://localhost:{port}", said) == b"%PDF-"
            started = _tree(process.pid)
            assert len(started) >= 4  # ours, the web worker, the one for background work, and one that draws at least
        finally:
            process.send_signal(signal.SIGINT)
            said += process.communicate(timeout=30)[0]
        assert process.returncode == 0, said
        wait_for_the_end(started)
        assert ("Loading the demonstration" in said) == (run == "first")
        for role in ("learner", "author", "board"):
            assert re.search(rf"{role}\s+\S+@example\.org", said)
        altered = re.search(rf"http://localhost:{port}/verify/file: (\S+altered\.pdf)", said)
        assert Path(altered[1]).read_bytes().startswith(b"%PDF-")
        code = re.search(rf"http://localhost:{port}/c/([0-9A-Z]{{26}})", said)
        assert code, said
    moved = start(tmp_path, free_port())
    said, _ = moved.communicate(timeout=60)
    assert (moved.returncode, f"issued under localhost:{port}, and PUBLIC_URL says" in said) == (2, True), said


def test_a_bad_setting_is_said_in_words(tmp_path):
    process = start(tmp_path, "http")
    said, _ = process.communicate(timeout=30)
    assert process.returncode == 2
    assert "PORT must be a whole number" in said


def test_a_start_notes_that_the_head_was_signed_and_only_then(settings, tmp_path):
    there = replace(settings, data_dir=tmp_path, database_url=f"sqlite:///{tmp_path / 'own.db'}", demo=False)
    open_seal(tmp_path, there.public_url)
    ring = json.loads((tmp_path / FILE).read_text())
    del ring["names_lists"]
    (tmp_path / FILE).write_text(json.dumps(ring))
    engine = open_engine(there.database_url)
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE log_head SET size = 1, hashes = :hash, note = 'x'"), {"hash": bytes(32)})
    assert prepare(there) == ""
    assert not open_seal(tmp_path, there.public_url).names_lists
    with engine.begin() as connection:
        connection.execute(text("UPDATE log_head SET size = 0, hashes = :none, note = ''"), {"none": b""})
    engine.dispose()
    assert prepare(there) == ""
    assert open_seal(tmp_path, there.public_url).names_lists
