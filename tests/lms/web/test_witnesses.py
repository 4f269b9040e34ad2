"""Boards and providers name whom the log's checkpoints are sent to, each for themselves."""

import re


def test_an_address_is_named_shown_and_dropped_on_either_desk(app, browser, make):
    board, provider = make.board(), make.provider()
    desks = {
        f"/board/{board.slug}/witnesses": make.board_member(board),
        f"/workshop/providers/{provider.slug}/witnesses": make.member(provider, "manager"),
    }
    for url, person in desks.items():
        client = type(browser)(app).sign_in(person)
        assert "No address yet" in client.get(url).text
        assert client.post(url, {"email": "nobody"}).status_code == 422
        assert client.post(url, {"email": "archive@board.example"}).status_code == 303
        page = client.get(url).text
        assert "archive@board.example" in page
        assert "The address is added." in page
        assert ">Yes, remove<" in page
        (address,) = re.findall(rf'action="({url}/.*?)"', page)
        client.post(address)
        page = client.get(url).text
        assert "The address is removed." in page
        assert "No address yet" in page
