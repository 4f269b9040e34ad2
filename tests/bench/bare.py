"""The measure: a bare Flask application with, for each page, the statements of that page and a template of its size.

It learns both from the application itself when it starts: each page is asked for once, every statement is kept as it
was handed to SQLAlchemy, and how long the page was. A route of it then opens a connection of an engine prepared as
ours, executes the statements with Core, reads the rows, ends the transaction as ours does, and renders. No session, no
user, no header, no check of anything: what Flask and the database cost by themselves.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask, Response, jsonify, render_template
from sqlalchemy import Engine, event

from lms import create_app
from lms.config import Settings, read_settings
from lms.db import open_engine
from lms.serve import serve
from lms.web.transaction import database
from tests.bench.pages import AGENT, Page, cookie_of, list_pages, token_in
from tests.bench.world import World


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a page takes: statements with their values, and its answer."""

    statements: Sequence[tuple[Any, Any]]
    size: int
    mimetype: str
    writes: bool


def build(settings: Settings) -> Flask:
    """Return the bare application: the route of a page is `/` and its name."""
    engine = open_engine(settings.database_url)
    app = Flask("bare", template_folder=str(Path(__file__).parent / "templates"))
    app.config["TEMPLATES_AUTO_RELOAD"] = False
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    recipes = _learn(settings)

    @app.get("/statements/<name>")
    def count(name: str) -> str:
        return str(len(recipes[name].statements))

    for name, recipe in recipes.items():
        app.add_url_rule(f"/{name}", name, _view(engine, recipe), methods=["GET", "POST"])
    return app


def _view(engine: Engine, recipe: Recipe) -> Any:
    content = bytes(recipe.size)
    rows = _rows(recipe.size)
    options = {"writes": True} if recipe.writes else {}

    def view() -> Any:
        with engine.connect().execution_options(**options) as connection:
            for statement, values in recipe.statements:
                result = connection.execute(statement, values)
                if result.returns_rows:
                    result.all()
            connection.commit()
        if recipe.mimetype == "text/html":
            return render_template("bare.html", links=LINKS, rows=rows)
        if recipe.mimetype == "application/json":
            return jsonify(saved="18:04")
        return Response(content, mimetype=recipe.mimetype)

    return view


LINKS = [{"url": f"/place-{number}", "label": f"Place {number}"} for number in range(8)]
FRAME, ROW = 700, 100
"""Bytes of the template without rows, and of a row."""


def _rows(size: int) -> list[dict[str, str]]:
    """Return as many rows of a hundred bytes as fill a page of that size."""
    label = "What stands in a line of a page, between tags"
    return [{"url": f"/things/{number:06d}", "label": label} for number in range(max(0, size - FRAME) // ROW)]


def _learn(settings: Settings) -> Mapping[str, Recipe]:
    """Ask the real application for each page and keep what it did."""
    app = create_app(settings)
    world = World.read(settings.data_dir)
    headers = {"Cookie": cookie_of(settings, world), "Accept": "text/html", "User-Agent": AGENT}
    client = app.test_client(use_cookies=False)
    with app.app_context():
        engine = database.engine

    def fetch(page: Page, turn: int) -> Any:
        sent = {"data": page.sends[turn], "content_type": "application/x-www-form-urlencoded"} if page.sends else {}
        return client.open(page.paths[0], method="POST" if page.sends else "GET", headers=headers, **sent)

    found = {}
    for page in list_pages(world, lambda path: token_in(client.get(path, headers=headers).text)):
        fetch(page, -1)  # so that what happens once only has happened, and there is something to change
        with _heard(engine) as statements:
            answer = fetch(page, 0)
        if answer.status_code != 200:
            raise RuntimeError(f"{page.name} answered {answer.status}")
        found[page.name] = Recipe(tuple(statements), len(answer.data), answer.mimetype, bool(page.sends))
    engine.dispose()
    return found


@contextmanager
def _heard(engine: Engine) -> Iterator[list[tuple[Any, Any]]]:
    """Keep what is executed meanwhile; what is sent past the compiler (BEGIN) does not come by here."""
    heard: list[tuple[Any, Any]] = []

    def note(_: Any, statement: Any, multiparams: Any, params: Any, __: Any) -> None:
        heard.append((statement, multiparams or params))

    event.listen(engine, "before_execute", note)
    try:
        yield heard
    finally:
        event.remove(engine, "before_execute", note)


if __name__ == "__main__":
    serve(read_settings(), "tests.bench.door:app")
