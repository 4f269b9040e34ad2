"""Sheets that can be read without us: one HTML file each, with its style inside and nothing fetched; pure."""

from collections.abc import Iterable, Sequence
from html import escape

STYLE = """
body{font:16px/1.55 Georgia,serif;color:#1c2733;background:#fff;max-width:60rem;margin:2.5rem auto;padding:0 1.5rem}
h1{font-size:1.75rem;margin:0 0 .25rem}h2{font-size:1.25rem;margin:2rem 0 .5rem;border-bottom:1px solid #dcd8cf}
table{border-collapse:collapse;width:100%;font:14px/1.45 system-ui,sans-serif;font-variant-numeric:tabular-nums}
th,td{text-align:left;vertical-align:top;padding:.4rem .8rem .4rem 0;border-bottom:1px solid #dcd8cf}
dl{display:grid;grid-template-columns:minmax(9rem,14rem) 1fr;gap:.35rem 1rem;font:15px/1.5 system-ui,sans-serif}
dt{color:#52606d}dd{margin:0}.notice{border-left:4px solid #8a5a00;padding:.4rem .9rem;background:#fbfaf7}
footer{margin-top:2.5rem;color:#52606d;font:13px/1.5 system-ui,sans-serif}
@media print{body{margin:0;max-width:none}a{color:inherit}}
"""


def sheet(title: str, parts: Iterable[str], foot: str) -> bytes:
    """Return a whole page; `parts` are markup made by the functions below."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{escape(title)}</h1>\n"
        + "\n".join(part for part in parts if part)
        + f"\n</main>\n<footer><p>{escape(foot)}</p></footer>\n</body>\n</html>\n"
    ).encode()


def heading(text: str) -> str:
    """Return a heading inside a sheet."""
    return f"<h2>{escape(text)}</h2>"


def paragraph(text: str, kind: str = "") -> str:
    """Return a paragraph; `kind` may be `notice`. Nothing for an empty text."""
    return f"<p{f' class={chr(34)}{kind}{chr(34)}' if kind else ''}>{escape(text)}</p>" if text else ""


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    """Return terms and values, leaving out what is empty."""
    rows = (f"<dt>{escape(term)}</dt><dd>{escape(value)}</dd>" for term, value in pairs if value)
    return f"<dl>{''.join(rows)}</dl>"


def bullets(lines: Iterable[str]) -> str:
    """Return a list."""
    return f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>"


def table(caption: str, head: Sequence[str], rows: Iterable[Sequence[str]], links: bool = False) -> str:
    """Return a table; with `links` the last cell of each row is the path of a file beside the sheet."""
    titles = "".join(f'<th scope="col">{escape(title)}</th>' for title in head)
    body = []
    for row in rows:
        cells = [escape(cell) for cell in row]
        if links:
            cells[-1] = f'<a href="{cells[-1]}">{cells[-1].rpartition("/")[2]}</a>'
        body.append(f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>")
    named = f"<caption>{escape(caption)}</caption><thead><tr>{titles}</tr></thead>"
    return f"<table>{named}<tbody>{''.join(body)}</tbody></table>"
