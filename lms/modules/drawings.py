"""Uploaded drawings (SVG): written anew from what is known to be harmless, so that nothing else can get through."""

import re
from xml.etree import ElementTree as ET

from lms.errors import Invalid

NAMESPACE = "http://www.w3.org/2000/svg"
MOST_BYTES = 300_000
MOST_PARTS = 5_000
DEEPEST = 30
_PARTS = "svg g title desc rect path line circle ellipse polygon polyline text tspan defs marker linearGradient stop"
PARTS = frozenset(_PARTS.split())
# Geometry and paint by presentation attributes; no style, no class, no event, nothing that leads elsewhere.
_ATTRIBUTES = """
    viewBox width height x y x1 y1 x2 y2 cx cy r rx ry d points dx dy transform fill fill-opacity fill-rule opacity
    stroke stroke-width stroke-linecap stroke-linejoin stroke-dasharray stroke-opacity font-family font-size font-weight
    font-style letter-spacing text-anchor dominant-baseline role aria-label aria-labelledby id offset stop-color
    stop-opacity orient markerWidth markerHeight refX refY markerUnits marker-end marker-start gradientUnits
"""
ATTRIBUTES = frozenset(_ATTRIBUTES.split())
INNER_LINK = re.compile(r"url\(#[A-Za-z][\w-]*\)")
REFUSED = "This drawing cannot be read. Save it as a plain SVG with a viewBox."


def check_drawing(content: bytes) -> tuple[bytes, int, int]:
    """Return the drawing written anew with its width and height in units, or raise `Invalid`."""
    if len(content) > MOST_BYTES:
        raise Invalid(file="This drawing is too large. Keep it under 300 KB.")
    if re.search(rb"<!(DOCTYPE|ENTITY)", content):  # also in a comment: what looks like one may be none
        raise Invalid(file="This drawing has a document type or entities. Save it as a plain SVG.")
    try:
        root = ET.fromstring(content)  # noqa: S314 - without a document type there is no entity to expand
    except (ET.ParseError, ValueError, LookupError) as error:
        raise Invalid(file=REFUSED) from error
    box = re.split(r"[\s,]+", root.get("viewBox", "").strip())
    if _name(root) != "svg" or len(box) != 4:
        raise Invalid(file=REFUSED)
    try:
        width, height = round(float(box[2])), round(float(box[3]))
    except (ValueError, OverflowError) as error:
        raise Invalid(file=REFUSED) from error
    if not (0 < width <= 10_000 and 0 < height <= 10_000):
        raise Invalid(file=REFUSED)
    if sum(1 for _ in root.iter()) > MOST_PARTS:
        raise Invalid(file="This drawing has too many parts. Simplify it.")
    clean = _copy(root, 0)
    clean.set("width", str(width))
    clean.set("height", str(height))
    ET.register_namespace("", NAMESPACE)
    return ET.tostring(clean, encoding="utf-8"), width, height


def _name(part: ET.Element) -> str:
    return part.tag.removeprefix(f"{{{NAMESPACE}}}") if isinstance(part.tag, str) else ""


def _copy(part: ET.Element, depth: int) -> ET.Element:
    if depth > DEEPEST:
        raise Invalid(file="This drawing is nested too deep. Simplify it.")
    made = ET.Element(f"{{{NAMESPACE}}}{_name(part)}")
    for name, value in part.attrib.items():
        leads = "url" in value.lower() or "\\" in value  # a backslash spells any letter in another way
        if name not in ATTRIBUTES or (leads and not INNER_LINK.fullmatch(value)):
            continue
        made.set(name, value)
    made.text, made.tail = part.text, part.tail
    made.extend([_copy(child, depth + 1) for child in part if _name(child) in PARTS])
    return made
