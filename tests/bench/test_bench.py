"""What the benchmark measures is there: each page answers, and the bare route answers as much. No figure is judged."""

from pathlib import Path

from lms import create_app
from lms.config import read_settings
from tests.bench import bare
from tests.bench.pages import AGENT, cookie_of, list_pages, token_in
from tests.bench.world import build


def test_each_page_has_a_bare_route_of_its_size(tmp_path: Path) -> None:
    settings = read_settings({"LMS_DATA_DIR": str(tmp_path), "PUBLIC_URL": "http://localhost:8080"})
    world = build(settings, modules=3, certificates=3, filler=2)
    client = create_app(settings).test_client(use_cookies=False)
    headers = {"Cookie": cookie_of(settings, world), "Accept": "text/html", "User-Agent": AGENT}
    assert "Valid" in client.get(f"/c/{world.codes[-1]}", headers=headers).text
    measure = bare.build(settings).test_client()
    for page in list_pages(world, lambda path: token_in(client.get(path, headers=headers).text)):
        answer = measure.get(f"/{page.name}")
        if page.sends:
            continue
        size = len(client.get(page.paths[-1], headers=headers).data)
        assert abs(len(answer.data) - size) < 0.1 * size, page.name
        assert int(measure.get(f"/statements/{page.name}").text) >= 2
