"""`make pictures`: the README's screenshots and the specimen on the start page, taken from the demonstration."""

import io
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import launch
from tests.browser.served import Served, serve
from tests.browser.tour import sign_in

ROOT = Path(__file__).parent.parent.parent
FOLDER = ROOT / "docs" / "pictures"
SPECIMEN = ROOT / "lms" / "static" / "specimen.webp"
SIZE = (1280, 860)
QUALITY = 82


def main() -> None:
    """Start the product with an empty folder, photograph it, and stop it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as served, sync_playwright() as playwright:
        browser = launch(playwright)
        photograph(browser, served)
        browser.close()


def photograph(browser: Browser, served: Served) -> None:
    """Write every picture: a visitor's two pages, and the learner's first certificate."""
    visitor = browser.new_context().new_page()
    keep(shot(visitor, f"{served.url}/modules/ethics-and-telehealth"), "module")
    learner = sign_in(browser, served, "maya")
    page = learner.new_page()
    page.goto(f"{served.url}/record")
    address = page.locator("a[href*='/record/certificates/']").first.get_attribute("href") or ""
    code = address.rpartition("/")[2]
    certificate = learner.request.get(f"{served.url}{address}.png").body()
    keep(certificate, "certificate")
    keep(certificate, SPECIMEN.stem, SPECIMEN.parent, width=800)
    keep(shot(visitor, f"{served.url}/c/{code}"), "verify")


def shot(page: Page, url: str) -> bytes:
    """Return the first screen of a page on a desk, in light."""
    page.set_viewport_size({"width": SIZE[0], "height": SIZE[1]})
    page.emulate_media(color_scheme="light")
    page.goto(url)
    return page.screenshot()


def keep(picture: bytes, name: str, folder: Path = FOLDER, width: int = SIZE[0]) -> None:
    """Write the picture as WebP, no wider than asked."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    image.thumbnail((width, width), Image.Resampling.LANCZOS)
    image.save(folder / f"{name}.webp", quality=QUALITY, method=6)


if __name__ == "__main__":
    main()
