"""A stamped file is known again by its own bytes: any of them changed, and it is not; readers see nothing of it."""

import io

import pypdf
import pytest
from PIL import Image

from certificates.carriers import kind_of, read_file
from certificates.image import draw_png, draw_svg
from certificates.keys import new_key
from certificates.pdf import draw_pdf
from certificates.stamp import bare_of, has_stamp, put_stamp

KEY, STRANGER = new_key(), new_key()
KEYS = [KEY.public_key()]


@pytest.fixture(scope="module")
def drawn(shelf):
    return {}


@pytest.fixture(params=["pdf", "png", "svg"])
def file(request, certificate, shelf, drawn):
    draw = {"pdf": draw_pdf, "png": draw_png, "svg": draw_svg}[request.param]
    if request.param not in drawn:
        drawn[request.param] = draw(certificate, shelf, credential=b'{"id": "x"}')
    return drawn[request.param]


def test_a_stamp_is_known_and_comes_off(file):
    stamped = put_stamp(file, KEY)
    assert has_stamp(stamped, KEYS)
    assert bare_of(stamped) == file != stamped
    assert stamped == put_stamp(file, KEY)
    assert has_stamp(stamped, [STRANGER.public_key(), *KEYS])
    assert not has_stamp(stamped, [STRANGER.public_key()])
    assert not has_stamp(file, KEYS)
    with pytest.raises(ValueError, match="only once"):
        put_stamp(stamped, KEY)


def test_any_byte_changed_or_added_spoils_it(file):
    stamped = put_stamp(file, KEY)
    for at in (*range(9, len(stamped), len(stamped) // 60), len(stamped) - 60, len(stamped) - 130):
        changed = stamped[:at] + bytes([stamped[at] ^ 1]) + stamped[at + 1 :]
        assert not has_stamp(changed, KEYS), at
    assert not has_stamp(stamped + stamped[-40:], KEYS)
    assert not has_stamp(stamped[:200] + b" " + stamped[200:], KEYS)


def test_readers_see_what_they_saw_before(file):
    stamped = put_stamp(file, KEY)
    before, after = read_file(file), read_file(stamped)
    assert before == after
    if kind_of(file) == "pdf":
        pages = [pypdf.PdfReader(io.BytesIO(content), strict=True).pages for content in (file, stamped)]
        assert [page.extract_text() for page in pages[0]] == [page.extract_text() for page in pages[1]]
    if kind_of(file) == "png":
        pictures = [Image.open(io.BytesIO(content)).convert("RGB").tobytes() for content in (file, stamped)]
        assert pictures[0] == pictures[1]


@pytest.mark.parametrize("content", [b"", b"{}", b"GIF89a", b"PK\x03\x04"])
def test_nothing_else_is_stamped(content):
    assert not has_stamp(content, KEYS)
    with pytest.raises(ValueError, match="PDF, a PNG or an SVG"):
        put_stamp(content, KEY)


def test_a_stamp_counts_only_at_the_end_of_a_file(file):
    """Somebody lays a second file after the stamped one: readers of PDF go by the last."""
    stamped = put_stamp(file, KEY)
    assert not has_stamp(stamped + file, KEYS)
    assert bare_of(stamped + file) == stamped + file
