"""The catalogue's search index and asking it: the same answers on SQLite (FTS5) and on PostgreSQL."""

import re
import unicodedata

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

MOST_WORDS = 12
MOST_FOUND = 500

_WORD = re.compile(r"[^\W_]{1,60}")
# PostgreSQL leaves these out of its index; so SQLite's is not given them either.
_STOP_WORDS = """
    a about above after again against all am an and any are as at be because been before being below between both but
    by can did do does doing don down during each few for from further had has have having he her here hers herself him
    himself his how i if in into is it its itself just me more most my myself no nor not now of off on once only or
    other our ours ourselves out over own s same she should so some such t than that the their theirs them themselves
    then there these they this those through to too under until up very was we were what when where which while who
    whom why will with you your yours yourself yourselves
"""
_STOP = frozenset(_STOP_WORDS.split())

_FORGET = {
    "sqlite": text("DELETE FROM module_search WHERE rowid = :id"),
    "postgresql": text("DELETE FROM module_search WHERE module_id = :id"),
}
_INDEX = {
    "sqlite": text("INSERT INTO module_search (rowid, title, summary, body) VALUES (:id, :title, :summary, :body)"),
    "postgresql": text(
        "INSERT INTO module_search (module_id, document) VALUES (:id, setweight(to_tsvector('english', :title), 'A') "
        "|| setweight(to_tsvector('english', :summary), 'B') || setweight(to_tsvector('english', :body), 'D'))"
    ),
}
# Whatever the engines think of lengths and frequencies: all words in the title come first, then title and summary.
_SEARCH = {
    "sqlite": text(
        "SELECT rowid FROM module_search WHERE module_search MATCH :query ORDER BY "
        "rowid IN (SELECT rowid FROM module_search WHERE module_search MATCH '{title} : (' || :query || ')') DESC, "
        "rowid IN (SELECT rowid FROM module_search WHERE module_search MATCH '{title summary} : (' || :query || ')') "
        "DESC, bm25(module_search, 10.0, 4.0, 1.0), rowid LIMIT :most"
    ),
    "postgresql": text(
        "SELECT module_id FROM module_search, to_tsquery('english', :query) AS query WHERE document @@ query ORDER BY "
        "ts_filter(document, '{a}') @@ query DESC, ts_filter(document, '{a,b}') @@ query DESC, "
        "ts_rank(document, query) DESC, module_id LIMIT :most"
    ),
}


def index_module(session: Session, module_id: int, *, title: str, summary: str, body: str) -> None:
    """Make the module found by these texts and no longer by earlier ones."""
    session.execute(_for(session, _FORGET), {"id": module_id})
    texts = {"title": _index_text(title), "summary": _index_text(summary), "body": _index_text(body)}
    session.execute(_for(session, _INDEX), {"id": module_id, **texts})


def search_modules(session: Session, words: str) -> list[int]:
    """Return ids of modules that have all the words, the best first, at most 500; the last word may be a beginning.

    Any text is a search: signs that are no letters or digits part words and mean nothing else.
    """
    asked = _words(words)[:MOST_WORDS]
    wanted = [word for word in asked if word not in _STOP]
    if not wanted:
        return []
    sqlite = session.get_bind().dialect.name == "sqlite"
    quoted = [f'"{word}"' if sqlite else f"'{word}'" for word in wanted]
    # A stop word at the end may be the beginning of a longer one, but nobody looks for "the".
    if wanted[-1] == asked[-1]:
        quoted[-1] += "*" if sqlite else ":*"
    query = (" AND " if sqlite else " & ").join(quoted)
    return list(session.scalars(_for(session, _SEARCH), {"query": query, "most": MOST_FOUND}))


def _for(session: Session, statements: dict[str, TextClause]) -> TextClause:
    return statements[session.get_bind().dialect.name]


def _words(words: str) -> list[str]:
    """Return the words, small and without accents."""
    plain = unicodedata.normalize("NFKD", words[:200_000].casefold())
    return _WORD.findall("".join(sign for sign in plain if not unicodedata.combining(sign)))


def _index_text(words: str) -> str:
    return " ".join(word for word in _words(words) if word not in _STOP)
