"""The start page, and whether we are well."""

from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from lms.outbox import Promise
from lms.web.public import home


def test_the_start_page_speaks_to_all_three_and_takes_a_code(browser, make):
    for n in range(5):
        make.edition(title=f"Featured {n}")
    page = browser.get("/").text
    assert 'action="/verify"' in page
    assert 'name="code"' in page
    assert page.count("Featured ") >= 3
    assert page.count('class="card"') == 3


def test_the_start_page_of_an_empty_house(browser):
    assert browser.get("/").status_code == 200


def test_healthy_means_that_the_database_takes_a_write_and_nothing_stays(browser, session, statements):
    statements.clear()
    answer = browser.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})
    assert any(statement.startswith("INSERT") for statement in statements)
    assert session.scalar(select(func.count()).select_from(Promise)) == 0


def test_a_database_that_takes_no_write_is_not_healthy(browser, monkeypatch):
    def refuse(_):
        raise OperationalError("INSERT", {}, Exception("attempt to write a readonly database"))

    monkeypatch.setattr(home, "begin_writing", refuse)
    answer = browser.get("/healthz")
    assert answer.status_code == 503
    assert "written" in answer.json["status"]
