"""The log as files, in C2SP's tlog-tiles layout, so that any client of such logs can read ours."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates import log as tree
from lms.awards.head import get_frontier
from lms.awards.models import LogEntry, LogNode


def read_tile(session: Session, path: str) -> tuple[bytes, bool]:
    """Return a tile and whether it is full, or raise `ValueError` for a path that names none of the log's tiles."""
    tile = tree.read_tile_path(path)
    if not tile.is_in(get_frontier(session).size):
        raise ValueError("the log has no such tile")
    full = tile.width == tree.TILE_WIDTH
    first = tile.index * tree.TILE_WIDTH
    if tile.level is None:
        entries = select(LogEntry.leaf).where(LogEntry.index >= first, LogEntry.index < first + tile.width)
        leaves = session.scalars(entries.order_by(LogEntry.index))
        return tree.entry_bundle(leaf.encode() for leaf in leaves), full
    level = tile.level * tree.TILE_HEIGHT
    rows = session.execute(
        select(LogNode.index, LogNode.hash).where(
            LogNode.level == level, LogNode.index >= first, LogNode.index < first + tile.width
        )
    )
    stored = {(level, index): hash_ for index, hash_ in rows}
    if len(stored) < tile.width:
        raise ValueError("the log lacks a node")
    return tree.hash_tile(tile, lambda at, index: stored[at, index]), full
