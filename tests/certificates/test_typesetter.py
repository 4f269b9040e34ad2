"""The process that typst runs in: it may die, hang or grow old, and whoever draws does not notice."""

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from certificates import typesetter
from certificates.typesetter import HOME, list_fonts, typeset

SLOW = "#for _ in range(%d) { for _ in range(1000) { } }\n#sys.inputs.word"
LONG, ENDLESS = 10_000, 10_000_000
"""How many rounds take about a second, and how many a quarter of an hour."""


@pytest.fixture
def press(monkeypatch):
    """A press of this test alone."""
    press = typesetter._Press()
    monkeypatch.setattr(typesetter, "PRESS", press)
    yield press
    press.close()


@pytest.fixture
def draw(press, tmp_path):
    for rounds in (1, LONG, ENDLESS):
        (tmp_path / f"{rounds}.typ").write_text(SLOW % rounds)

    def draw(word="word", rounds=1):
        return typeset(tmp_path / f"{rounds}.typ", (), {"word": word}, "svg")

    return draw


def alive(pid):
    return Path(f"/proc/{pid}").exists()


def wait_until(true):
    until = time.monotonic() + 20
    while not true():
        assert time.monotonic() < until
        time.sleep(0.01)


def run_press(code):
    return (sys.executable, "-c", f"from certificates import press\n{code}")


def test_one_child_draws_everything_and_typst_stays_in_it(draw, press):
    assert draw("one") != draw("two")
    first = press._child
    with ThreadPoolExecutor(4) as threads:
        drawn = list(threads.map(draw, [f"word {number % 4}" for number in range(40)]))
    assert drawn == [draw(f"word {number}") for number in range(4)] * 10
    assert press._child is first


def test_a_refusal_is_in_typsts_words_and_ends_nothing(draw, press, tmp_path):
    (tmp_path / "wrong.typ").write_text("#nothing")
    draw()
    child = press._child
    with pytest.raises(RuntimeError, match="unknown variable: nothing"):
        typeset(tmp_path / "wrong.typ", (), {}, "pdf")
    draw()
    assert press._child is child


def test_a_child_that_dies_between_drawings_is_replaced(draw, press):
    first, pid = draw(), press._child.pid
    press._child.kill()
    wait_until(lambda: not alive(pid))  # and leaves no zombie
    assert draw() == first
    assert press._child.pid != pid


def test_a_child_that_dies_in_the_middle_of_drawings_is_replaced(draw, press):
    draw()
    child = press._child
    killer = threading.Timer(0.2, child.kill)
    killer.start()
    with ThreadPoolExecutor(3) as threads:
        drawn = list(threads.map(lambda word: draw(word, LONG), ["one", "two", "one"]))
    killer.join()
    assert child.poll() is not None
    assert drawn[0] == drawn[2] != drawn[1]


def test_a_drawing_that_the_child_dies_of_is_refused(draw, press, monkeypatch):
    monkeypatch.setattr(
        typesetter, "COMMAND", run_press("import os\npress.draw = lambda **_: os._exit(1)\npress.main()")
    )
    with pytest.raises(RuntimeError, match="died of this drawing"):
        draw()


def test_a_drawing_that_does_not_end_is_refused_and_its_child_is_ended(draw, press, monkeypatch):
    draw()
    child = press._child
    with monkeypatch.context() as hasty:
        hasty.setattr(typesetter, "SECONDS", 0.3)
        with pytest.raises(RuntimeError, match="takes too long"):
            draw(rounds=ENDLESS)
    assert child.wait(20) != 0
    assert draw()


def test_a_child_that_nobody_asks_ends(draw, press, monkeypatch):
    monkeypatch.setattr(typesetter, "COMMAND", run_press("press.IDLE_SECONDS = 0.2\npress.main()"))
    first, pid = draw(), press._child.pid
    wait_until(lambda: not alive(pid))
    assert draw() == first


@pytest.mark.parametrize("end", ["sys.exit()", "os._exit(0)", "os.kill(os.getpid(), 9)"])
def test_however_a_process_ends_its_child_ends_with_it(tmp_path, end):
    (tmp_path / "page.typ").write_text("page")
    program = (
        "import os, sys\nfrom pathlib import Path\nfrom certificates import typesetter\n"
        "typesetter.typeset(Path(sys.argv[1]), (), {}, 'pdf')\n"
        f"print('typst' in sys.modules, typesetter.PRESS._child.pid, flush=True)\n{end}"
    )
    said = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "page.typ")],
        check=False,
        env={"PYTHONPATH": HOME},
        stdout=subprocess.PIPE,
        text=True,
    ).stdout.split()
    assert said[0] == "False"
    wait_until(lambda: not alive(int(said[1])))


def test_it_knows_its_fonts(shelf):
    found = {font.family: font.path for font in list_fonts(shelf.folders)}
    assert {"FiraGO", "Noto Sans"} <= set(found)
    assert os.fspath(shelf.folders[0]) in found["FiraGO"]
    assert None in found.values()
