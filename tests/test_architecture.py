"""The rules of the house that no linter knows."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CODE = sorted([*ROOT.glob("lms/**/*.py"), *ROOT.glob("certificates/**/*.py")])
TEMPLATES = sorted(ROOT.glob("templates/**/*.html"))
AUDIENCES = {"public", "account", "learner", "author", "board", "operator", "api"}
# Who may end a transaction: the request, the commands of the terminal, and the worker between two promises.
COMMITS = {"lms/web/transaction.py", "lms/cli.py", "lms/serve.py", "lms/worker.py"}
# What is printed, what is signed, where it is logged, how it is held against all that, and the names of places.
BRIDGES = {
    f"lms/awards/{name}.py"
    for name in (
        "anew",
        "audit",
        "binding",
        "browser_proof",
        "checking",
        "document",
        "forms",
        "head",
        "home",
        "keys",
        "lists",
        "log",
        "proofs",
        "standing",
        "tiles",
    )
} | {"lms/terms.py"}
FORBIDDEN_NAMES = {"util", "utils", "helper", "helpers", "common", "manager", "base", "misc"}


def name_of(path):
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_every_module_says_what_it_is_for(path):
    assert ast.get_docstring(ast.parse(path.read_text())), name_of(path)


def test_only_the_bridges_know_the_certificates_library():
    importers = {name_of(path) for path in CODE if re.search(r"^(from|import) certificates", path.read_text(), re.M)}
    assert {path for path in importers if path.startswith("lms")} == BRIDGES


@pytest.mark.parametrize("path", [path for path in CODE if path.name == "queries.py"], ids=name_of)
def test_queries_never_write(path):
    assert not re.search(
        r"session\.(add|add_all|delete|flush|commit|merge)\(|\b(insert|update|delete)\(", path.read_text()
    )


def test_only_the_boundary_commits():
    found = {name_of(path) for path in CODE if re.search(r"\.commit\(\)", path.read_text())}
    assert found <= COMMITS


def test_no_file_is_called_after_nothing():
    assert not [path for path in CODE if path.stem in FORBIDDEN_NAMES]


def test_nothing_reads_the_environment_but_the_settings():
    found = {name_of(path) for path in CODE if re.search(r"os\.environ|os\.getenv|getenv\(", path.read_text())}
    assert found <= {"lms/config.py"}


def test_the_domain_reads_no_clock():
    """The clock is an argument: `now=`."""
    domain = [path for path in CODE if name_of(path).startswith("lms/") and not name_of(path).startswith("lms/web")]
    found = {name_of(path) for path in domain if re.search(r"datetime\.now\(|date\.today\(|utcnow", path.read_text())}
    assert found <= {"lms/cli.py", "lms/serve.py", "lms/worker.py"}


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_templates_trust_nothing_and_hold_no_script(path):
    text = path.read_text()
    assert "|safe" not in text.replace(" ", "")
    assert not re.search(r"<script(?![^>]*\bsrc=)", text), "inline script"
    assert not re.search(r"\son[a-z]+=", text), "inline handler"
    assert not re.search(r"<(?!a )[^>]*\s(src|href)=\"(https?:)?//", text), "something fetched from elsewhere"
    if "mail" not in path.parts and "email" not in path.parts:  # mail programs know no stylesheets
        assert not re.search(r"<style|\sstyle=", text), "inline style"


def test_templates_mirror_the_audiences():
    folders = {path.relative_to(ROOT / "templates").parts[0] for path in TEMPLATES if path.parent.name != "templates"}
    assert folders <= AUDIENCES | {"mail", "security", "rooms"}  # rooms: what lms/web/rooms.py draws for two of them


def test_every_page_extends_the_frame():
    for path in TEMPLATES:
        if path.name.startswith("_") or path.name == "base.html" or {"mail", "email"} & set(path.parts):
            continue
        assert re.match(r"(\{#.*?#\}\s*)?\{% extends \"", path.read_text(), re.S), name_of(path)


# Megabytes each, up to tens, which a web worker would carry all its life for a request that few make.
HEAVY = {"alembic", "mutagen", "openpyxl", "webvtt", "yaml", "zxcvbn"}


def test_imports_stand_at_the_top():
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                inner = [sub for sub in ast.walk(node) if isinstance(sub, ast.Import | ast.ImportFrom)]
                named = [sub.module if isinstance(sub, ast.ImportFrom) else sub.names[0].name for sub in inner]
                assert {(name or "").split(".")[0] for name in named} <= HEAVY, (name_of(path), node.name)
