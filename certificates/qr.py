"""The QR code of a verify URL, as SVG for designs and as PNG for screens; it holds nothing else."""

import io

import qrcode
from PIL import Image
from qrcode.constants import ERROR_CORRECT_Q

QUIET_ZONE = 4  # modules, ISO/IEC 18004 (section "quiet zone")
INK = "#1c2733"
MASK = 7  # every reader takes any of the eight; to weigh them all, as ISO/IEC 18004 does, takes 5 ms for each code


def qr_svg(url: str) -> bytes:
    """Return an SVG of the URL at error correction Q with its quiet zone, on white; a unit is a module."""
    rows = _modules(url)
    side = len(rows)
    path = "".join(f"M{left} {top}h{right - left}v1h{left - right}z" for top, left, right in _runs(rows))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
        f'<path fill="#ffffff" d="M0 0h{side}v{side}h-{side}z"/><path fill="{INK}" d="{path}"/></svg>'
    ).encode()


def qr_png(url: str, pixels_per_module: int = 8) -> bytes:
    """Return a black and white PNG of the URL at error correction Q, quiet zone included."""
    if pixels_per_module < 1:
        raise ValueError("a module needs at least one pixel")
    rows = _modules(url)
    side = len(rows)
    image = Image.new("1", (side, side), 1)
    image.putdata([0 if dark else 1 for row in rows for dark in row])
    image = image.resize((side * pixels_per_module, side * pixels_per_module), Image.Resampling.NEAREST)
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def _modules(url: str) -> list[list[bool]]:
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_Q, border=QUIET_ZONE, mask_pattern=MASK)
    code.add_data(url)
    code.make(fit=True)
    return [[bool(dark) for dark in row] for row in code.get_matrix()]


def _runs(rows: list[list[bool]]) -> list[tuple[int, int, int]]:
    """Return each unbroken run of dark modules as row, first column, column after the last."""
    runs = []
    for top, row in enumerate(rows):  # the quiet zone makes every row begin and end light
        edges = [at for at in range(len(row)) if row[at] != row[at - 1]]
        runs += [(top, left, right) for left, right in zip(edges[::2], edges[1::2], strict=True)]
    return runs
