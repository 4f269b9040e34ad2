"""The operator's pages in a real browser."""


def test_every_page_of_the_operation_is_open_to_everybody(people, live):
    operator = people().sign_in("operator@example.org")
    live.deliver()
    for path in (
        "",
        "/mail",
        "/outbox",
        "/people",
        "/people?q=maya",
        "/providers",
        "/providers/new",
        "/boards",
        "/boards/new",
    ):
        operator.open("/operator" + path)
    operator.open("/operator/providers")
    operator.page.locator("tbody a").first.click()
    operator.see()
    operator.open("/operator/boards")
    operator.page.locator("tbody a").first.click()
    operator.see()
    operator.open("/operator/mail")
    if operator.page.locator("tbody a").count():
        operator.page.locator("tbody a").first.click()
        operator.see()
