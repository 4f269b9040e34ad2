"""Mails of words only leave with HTML in our frame."""

from lms.letter import dress

TEXT = "Maya & Co,\n\nyour certificate is at\n\nhttp://localhost:8080/c/AB12.\n\nCode: AB12\nBoard: <b>x</b>\n"


def test_a_mail_of_words_gets_the_frame_with_links_and_lines():
    html = dress("Ready: “Burnout”", TEXT, "http://localhost:8080")
    assert "Ready: “Burnout”</h1>" in html
    assert 'href="http://localhost:8080/c/AB12"' in html  # without the full stop
    assert "Code: AB12<br>Board: &lt;b&gt;x&lt;/b&gt;" in html
    assert "Maya &amp; Co," in html
    assert "Sent by Credence at http://localhost:8080" in html


def test_an_address_cannot_leave_its_link():
    html = dress("x", 'See http://localhost/"onload="x and <script>alert(1)</script>', "http://localhost")
    assert "<script" not in html
    assert '"onload' not in html
