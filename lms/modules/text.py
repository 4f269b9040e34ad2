"""Lessons in Markdown: made into safe HTML, counted, and checked; not how a page looks around them.

Markdown without raw HTML, with tables, call-outs (`::: note Title` ... `:::`) and media (`![caption](media:7)`).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from html import escape
from typing import Any, NamedTuple

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.container import container_plugin

from lms.modules.models import Media

CALLOUTS = {"note": "Note", "example": "Example", "caution": "Caution", "practice": "Practice"}
"""The kinds of call-outs and the title of one that has none."""

LONGEST = 100_000
"""Characters in the body of a lesson; far more than anybody reads at once."""

BUDGET = 300_000
"""Microseconds a text may take to be shown, by `_COSTS`: far more than a long lesson needs, far less than an attack."""

# What the parser spends on each, in microseconds: measured at the worst texts of 100,000 characters, rounded up.
_COSTS = {
    "square brackets": ("[]", 18),
    "exclamation marks before brackets": ("!", 20),
    "asterisks and underscores": ("*_", 14),
    "backticks": ("`", 7),
    "angle brackets": ("<", 60),
    "quotation marks (>)": (">", 12),
    "lines": ("\n", 35),
}
_CELL_COST = 20
_RULE_OF_TABLE = re.compile(r"[\s>|:-]*-[\s>|:-]*$")

_CALLOUT = re.compile(rf"\s*({'|'.join(CALLOUTS)})(?:\s+(.*))?$")
_MEDIA = re.compile(r"media:(\d{1,9})$")
_TAGS = {
    "a", "aside", "blockquote", "br", "code", "div", "em", "figcaption", "figure", "h2", "h3", "h4", "h5", "h6", "hr",
    "img", "li", "ol", "p", "pre", "strong", "table", "tbody", "td", "th", "thead", "tr", "track", "ul", "video",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href", "title"},
    "div": {"aria-label", "role", "tabindex"},
    "img": {"alt", "height", "loading", "src", "width"},
    "ol": {"start"},
    "th": {"scope"},
    "track": {"default", "kind", "label", "src", "srclang"},
    "video": {"aria-label", "controls", "height", "preload", "src", "width"},
}
_CLASSES = {
    "aside": {"callout"} | {f"callout-{kind}" for kind in CALLOUTS},
    "div": {"table-scroll"},
    "p": {"callout-title"},
    "td": {"numeric"},
    "th": {"numeric"},
}


class _Shown(NamedTuple):
    """What a text shows of a picture or a film."""

    id: int
    kind: str
    alt: str
    captions_id: int | None
    width: int
    height: int
    filename: str


def render(body: str, media: Mapping[int, Media]) -> str:
    """Return the text as sanitized HTML; whatever is wrong in it becomes a warning in its place, never an error.

    A text that would take too long is not shown; the warning stands in its place. Headings begin at level 2 and skip
    none. `media` are the module's pictures and films by id.
    """
    return _render(body, tuple(_Shown(*(getattr(row, name) for name in _Shown._fields)) for row in media.values()))


@lru_cache(maxsize=128)  # making the HTML of a lesson takes longer than all else of its page together
def _render(body: str, shown: tuple[_Shown, ...]) -> str:
    if problem := _too_much(body):
        return f"<p><strong>{escape(problem)}</strong></p>"
    html = str(_MARKDOWN.render(_plain(body), {"media": {row.id: row for row in shown}, "tables": 0}))
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        allowed_classes=_CLASSES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )


def count_words(body: str) -> int:
    """Return the words of the rendered text: what stands between spaces and holds a letter or a digit."""
    if _too_much(body):
        return 0
    text = "\n".join(_texts(_MARKDOWN.parse(_plain(body))))
    return sum(any(character.isalnum() for character in word) for word in text.split())


@lru_cache(maxsize=128)
def media_ids(body: str) -> tuple[int, ...]:
    """Return the ids of the media that the text shows, each once, in order."""
    matches = (_MEDIA.match(source) for source in _sources(body))
    return tuple(dict.fromkeys(int(match[1]) for match in matches if match))


def list_problems(body: str, media: Mapping[int, Media]) -> list[str]:
    """Return what keeps the text from being saved, as sentences; empty when nothing does."""
    if problem := _too_much(body):
        return [problem]
    return list(dict.fromkeys(problem for source in _sources(body) if (problem := _problem(source, media))))


def split_title(markdown: str) -> tuple[str, str]:
    """Return title and body of a lesson's file: its first line is `# Title`."""
    first, _, rest = markdown.lstrip().partition("\n")
    return first.removeprefix("#").strip(), rest.strip() + "\n"


def _plain(body: str) -> str:
    """Half a character of a pair cannot be written down; everything else stays."""
    return body[:LONGEST].encode("utf-8", "replace").decode()


def _too_much(body: str) -> str:
    """Return why the text is not worked on, or nothing; takes a millisecond itself."""
    if len(body) > LONGEST:
        return f"A lesson has at most {LONGEST:,} characters; this one has {len(body):,}. Make it two lessons."
    counts = {words: sum(map(body.count, signs)) for words, (signs, _) in _COSTS.items()}
    costs = {words: counts[words] * cost for words, (_, cost) in _COSTS.items()}
    counts["cells of tables"] = _count_cells(body)
    costs["cells of tables"] = counts["cells of tables"] * _CELL_COST
    if sum(costs.values()) <= BUDGET:
        return ""
    worst = max(costs, key=lambda words: costs[words])
    return f"This text takes too long to show: it has {counts[worst]:,} {worst}. Use fewer, or make it two lessons."


def _count_cells(body: str) -> int:
    """Return at least as many cells as the tables have: every line up to an empty one is filled to the widest rule."""
    cells = columns = 0
    for line in body.splitlines():
        if not line.strip(" \t>"):
            columns = 0
        elif _RULE_OF_TABLE.match(line):
            columns = max(columns, line.count("|") + 1)
        cells += columns
    return cells


def _sources(body: str) -> Iterator[str]:
    if _too_much(body):
        return
    for token in _MARKDOWN.parse(_plain(body)):
        for child in _leaves(token.children or ()):
            if child.type == "image":
                yield str(child.attrs["src"])


def _leaves(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _leaves(token.children or ())


def _problem(source: str, media: Mapping[int, Media] | Mapping[int, _Shown]) -> str:
    match = _MEDIA.match(source)
    if match is None:
        return f"Only pictures and films of this module can be shown, not {source}. Upload it under Media first."
    row = media.get(int(match[1]))
    if row is None or row.kind == "captions":
        return f"This module has no picture or film number {match[1]}."
    if row.kind == "image" and not row.alt:
        return f"Picture {row.id} needs a text alternative first: describe it under Media."
    if row.kind == "video" and row.captions_id is None:
        return f"Film {row.id} needs captions first: upload them under Media."
    return ""


def _texts(tokens: Sequence[Token]) -> Iterator[str]:
    """Yield the visible text, one piece per block, so that words of neighboring blocks stay apart."""
    for token in tokens:
        if token.type == "inline":
            yield "".join(_inline_texts(token.children or ()))
        elif token.type in ("code_block", "fence"):
            yield token.content
        elif token.type == "container_callout_open":
            yield _callout(token)[1]


def _inline_texts(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in ("softbreak", "hardbreak"):
            yield "\n"
        elif token.type == "image":
            yield from _inline_texts(token.children or ())
        else:
            yield token.content


def _callout(token: Token) -> tuple[str, str]:
    match = _CALLOUT.match(token.info)
    kind, title = (match[1], match[2]) if match else ("note", "")
    return kind, (title or "").strip() or CALLOUTS[kind]


def _order_headings(state: StateCore) -> None:
    """Make the first level 2 and let no level be skipped, whatever the author numbered them."""
    levels = [int(token.tag[1]) for token in state.tokens if token.type == "heading_open"]
    shift = min(levels, default=2) - 2
    above = 1
    for token in state.tokens:
        if token.type == "heading_open":
            above = min(int(token.tag[1]) - shift, above + 1, 6)
            token.tag = f"h{above}"
        elif token.type == "heading_close":
            token.tag = f"h{above}"


def _mark_figures(state: StateCore) -> None:
    """A paragraph that holds nothing but pictures becomes figures."""
    for opening, inline, closing in zip(state.tokens, state.tokens[1:], state.tokens[2:], strict=False):
        if opening.type != "paragraph_open":
            continue
        shown = [child for child in inline.children or () if child.type != "softbreak" and child.content.strip()]
        shown += [child for child in inline.children or () if child.type == "image" and not child.content.strip()]
        if shown and all(child.type == "image" for child in shown):
            opening.hidden = closing.hidden = True
            for child in shown:
                child.meta["figure"] = True


def _mark_cells(state: StateCore) -> None:
    """Give heads of columns their scope, and numbers (`---:`) the class, not a style; an empty head is none."""
    for opening, inline, closing in zip(state.tokens, state.tokens[1:], state.tokens[2:], strict=False):
        if opening.type == "th_open" and not inline.content.strip():
            opening.type, closing.type = "td_open", "td_close"
            opening.tag = closing.tag = "td"
    for token in state.tokens:
        if token.type in ("th_open", "td_open"):
            style = str(token.attrs.pop("style", ""))
            if style == "text-align:right":
                token.attrs["class"] = "numeric"
            if token.type == "th_open":
                token.attrs["scope"] = "col"


def _render_image(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    token = tokens[index]
    media: Mapping[int, _Shown] = env["media"]
    source = str(token.attrs["src"])
    problem = _problem(source, media)
    if problem:
        return f"<strong>{escape(problem)}</strong>"
    row = media[int(source.removeprefix("media:"))]
    caption = renderer.renderInlineAsText(token.children, options, env).strip()
    size = f' width="{row.width}" height="{row.height}"' if row.width and row.height else ""
    if row.kind == "image":
        shown = f'<img src="/media/{row.id}" alt="{escape(row.alt)}"{size} loading="lazy">'
    else:
        label = escape(caption or row.alt or row.filename)
        shown = (
            f'<video src="/media/{row.id}" controls preload="metadata" aria-label="{label}"{size}>'
            f'<track kind="captions" src="/media/{row.captions_id}" srclang="en" label="English" default></video>'
        )
    if not token.meta.get("figure"):
        return shown
    legend = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
    return f"<figure>{shown}{legend}</figure>\n"


def _render_callout(_: RendererHTML, tokens: Sequence[Token], index: int, *_rest: Any) -> str:
    token = tokens[index]
    if token.nesting < 0:
        return "</aside>\n"
    kind, title = _callout(token)
    return f'<aside class="callout callout-{kind}">\n<p class="callout-title">{escape(title)}</p>\n'


def _render_table_open(_: RendererHTML, _tokens: Sequence[Token], _index: int, _options: Any, env: EnvType) -> str:
    env["tables"] += 1
    return f'<div class="table-scroll" role="group" tabindex="0" aria-label="Table {env["tables"]}"><table>\n'


def _render_table_close(*_: Any) -> str:
    return "</table></div>\n"


def _is_callout(params: str, *_: Any) -> bool:
    return _CALLOUT.match(params) is not None


def _open_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table")
    parser.use(container_plugin, "callout", validate=_is_callout, render=_render_callout)
    for rule in (_order_headings, _mark_figures, _mark_cells):
        parser.core.ruler.push(rule.__name__, rule)
    parser.add_render_rule("image", _render_image)
    parser.add_render_rule("table_open", _render_table_open)
    parser.add_render_rule("table_close", _render_table_close)
    return parser


_MARKDOWN = _open_parser()
