def test_make(make, session, browser):
    e = make.enrollment()
    assert e.edition.module.provider.name
    assert browser.get("/healthz").json == {"status": "ok"}
    assert browser.get("/").status_code == 200
    assert browser.get("/nope").status_code == 404
    assert browser.get("/learn").status_code == 303
    browser.sign_in(e.user)
    assert browser.get("/learn").status_code == 200
    assert browser.get("/operator").status_code == 403
    assert browser.get("/account/login").status_code in (200, 302)
    r = browser.post("/account/register", {"email": "z@example.org"})
    print(r.status_code, r.text[-3000:])
