"""Three people, one main job: a provider publishes, a learner earns, a board checks the paper."""

import re

import pymupdf
import zxingcpp
from PIL import Image

OBJECTIVES = (
    "Identify two signs that a session needs a pause.",
    "Describe how a pause is announced.",
    "Apply a pause in a recorded session.",
)
# 1,600 words: 16 minutes at 6,000 words an hour, rounded down to a quarter of an hour
LESSON = "## Why pauses matter\n\n" + "A pause gives both people time to notice what was said and to choose. " * 61
DETAILS = {
    "summary": "When and how to pause a session, and how to return from it.",
    "description": "You will be able to notice, announce and close a pause.",
    "commercial_support": "This module received no commercial support.",
    "originality": "Written for this test.",
    "content_license": "CC BY 4.0",
    "cost": "Free of charge",
    "released_on": "2026-11-01",
    "reviewed_on": "2026-11-01",
    "expires_on": "2029-10-31",
}


class Desk:
    """The workshop as an author uses it."""

    def __init__(self, person, slug):
        self.person, self.page, self.base = person, person.page, f"/workshop/modules/{slug}"

    def fill(self, part, button, values=(), ticks=()):
        """Open a part, fill its form by field name, press its button, and look at what comes."""
        if part is not None:
            self.person.open(f"{self.base}/{part}")
        for name, value in dict(values).items():
            field = self.page.locator(f"main [name='{name}']").first
            if field.evaluate("node => node.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)
        for tick in ticks:
            self.page.locator(f"main {tick}").check()
        self.page.get_by_role("button", name=button, exact=True).click()
        self.page.wait_for_load_state()
        assert not self.page.locator(".errors, [aria-invalid=true]").count(), self.page.locator("main").inner_text()
        self.person.see()


def write_module(author, title):
    author.open("/workshop")
    author.page.get_by_label("Title", exact=True).fill(title)
    author.page.get_by_role("button", name="Begin the module").click()
    author.page.wait_for_url("**/workshop/modules/**")
    slug = re.search(r"/modules/([^/]+)", author.page.url).group(1)
    desk = Desk(author, slug)
    desk.fill(
        "details",
        "Save the details",
        {**DETAILS, "level": "beginning", "topics-0-topic": "clinical", "topics-0-hours": "0.25", "difficulty": "2"},
        ["input[name=audience][value=mft]", "input[name=audience][value=counselor]"],
    )
    for objective in OBJECTIVES:
        desk.fill("objectives", "Add the objective", {"text": objective})
    for number in (1, 2):
        desk.fill("lessons", "Add the lesson", {"title": f"Lesson {number}"})
        desk.fill(None, "Save", {"body": LESSON})
    for role in ("author", "planner"):
        desk.fill(
            "contributors",
            "Add the contributor",
            {
                "name": "Marisol Tennant",
                "credentials": "PhD, LMFT",
                "bio": "Practices in a clinic.",
                "disclosure": "None.",
            },
            [f"input[name=role][value={role}]"],
        )
    desk.fill(
        "references",
        "Add the reference",
        {"citation": "Author, A. (2024). On pauses. Journal, 1, 1-9.", "year": "2024"},
    )
    for number, _ in enumerate(OBJECTIVES):
        for copy in range(2):
            author.open(f"{desk.base}/items")
            author.page.get_by_role("link", name="Single best answer").nth(number).click()
            options = {}
            for at in range(4):
                options[f"options-{at}-text"] = f"{'The right one' if at == 0 else f'Wrong {at}'} ({number}.{copy})"
                options[f"options-{at}-rationale"] = "Because the lesson says so."
            options["stem"] = f"Question {number}.{copy}"
            desk.fill(None, "Save", options, ["input[name='right'][value='0']"])
    author.open(f"{desk.base}/quiz")
    draws = author.page.locator("main input[name^='draw']").evaluate_all("nodes => nodes.map(node => node.name)")
    desk.fill(None, "Save the settings", {"pass_mark": "80", "attempts": "3", **dict.fromkeys(draws, "1")})
    author.open(f"{desk.base}/credit")
    author.page.locator("section").filter(has_text="Demonstration Accreditor (").get_by_role(
        "link", name="Calculate"
    ).click()
    desk.fill(None, "Calculate", ticks=["input[name=method][value='word_rate:6000']"])
    author.open(f"{desk.base}/preview")
    desk.fill("gate", "Hand in for review")
    return slug


def take_module(learner, slug):
    """Enroll, read, pass, evaluate and attest; return the address of the certificate's page."""
    page = learner.open(f"/modules/{slug}")
    page.get_by_role("button", name="Enroll").first.click()
    for _ in range(40):
        page.wait_for_load_state()
        learner.see()
        if "/test" in page.url:
            break
        page.get_by_role("button", name=re.compile("^(Next|Finish the last)")).click()
    assert "/test" in page.url
    page.get_by_role("button", name="Start the test").click()
    page.wait_for_load_state()
    learner.see()
    questions = page.locator(".question-block").all()
    for place, question in enumerate(questions):
        right = question.get_by_text(re.compile("The right one"))
        (right if right.count() else question.locator("label").first).click()
        if learner.width < 640 and place + 1 < len(questions):
            page.get_by_role("button", name="Next", exact=True).click()
    page.get_by_role("button", name="Look it over").click()
    page.wait_for_load_state()
    learner.see()
    page.get_by_role("button", name="Hand in").click()
    page.wait_for_load_state()
    learner.see()
    assert "You passed" in page.locator("h1").inner_text()
    page.get_by_role("link", name="Go on to the evaluation").first.click()
    page.wait_for_load_state()
    for group in page.locator("main fieldset").all():
        group.locator("input[type=radio]").last.check()
    page.get_by_label(re.compile("minutes", re.I)).first.fill("20")
    if page.locator("[name=accommodation][value=not_needed]").count():
        page.locator("[name=accommodation][value=not_needed]").check()
    learner.see()
    page.get_by_role("button", name=re.compile("evaluation", re.I)).click()
    page.wait_for_url("**/finish")
    learner.see()
    page.locator("[name=attested]").check()
    page.get_by_role("button", name="Attest and finish").click()
    page.wait_for_url("**/done")
    learner.see()
    return page.locator("a:has(img)").get_attribute("href")


def qr_of(pdf):
    with pymupdf.open(stream=pdf) as document:
        drawn = document[0].get_pixmap(dpi=150)
    picture = Image.frombytes("RGB", (drawn.width, drawn.height), drawn.samples)
    return zxingcpp.read_barcode(picture).text


def test_from_a_draft_to_a_paper_that_a_board_checks(people, live, width):
    title = f"Pauses in a session {width}"
    author = people().sign_in("author@example.org")
    slug = write_module(author, title)

    reviewer = people().sign_in("reviewer@example.org")
    reviewer.open("/workshop")
    reviewer.open(f"/workshop/modules/{slug}/preview")
    reviewer.open(f"/workshop/modules/{slug}/gate")
    reviewer.page.get_by_text("Approve and publish", exact=True).click()
    reviewer.page.get_by_role("button", name=re.compile("^Yes")).click()
    reviewer.page.wait_for_load_state()
    reviewer.see()
    assert "Published" in reviewer.page.locator("main").inner_text()

    learner = people()
    email = f"new{width}@example.org"
    page = learner.open("/account/register")
    page.get_by_label(re.compile("name", re.I)).first.fill("Ольга Kovač")
    page.get_by_label("Email", exact=False).first.fill(email)
    for field in page.locator("input[type=password]").all():
        field.fill("a long enough sentence")
    page.get_by_role("button", name="Create account").click()
    page.wait_for_load_state()
    learner.see()
    mail = next(mail for mail in reversed(live.deliver()) if mail["To"] == email)
    link = re.search(r"http://\S+/account/confirm/\S+", mail.get_body(("plain",)).get_content()).group()
    page.goto(link)
    learner.see()
    learner.sign_in(email, "a long enough sentence")
    page = learner.open("/account/licenses/new")
    page.locator("[name=jurisdiction]").select_option("US-CA")
    page.locator("[name=profession]").select_option("mft")
    page.locator("[name=credential]").fill("LMFT")
    page.locator("[name=number]").fill(f"LMFT9{width}")
    page.get_by_role("button", name=re.compile("license", re.I)).click()
    page.wait_for_load_state()
    learner.see()
    page = learner.open("/catalogue?q=pauses")
    assert title in page.locator("main").inner_text()
    certificate = take_module(learner, slug)
    learner.open(certificate)
    learner.open("/record")
    pdf = learner.context.request.get(live.url + certificate + ".pdf").body()

    board = people()
    board.page.goto(qr_of(pdf))
    board.see()
    said = board.page.locator("main").inner_text()
    assert "Valid" in board.page.locator("h1").inner_text()
    for fact in ("Ольга Kovač", title, f"California LMFT9{width}", "0.25 demo hours", "Harborlight Institute"):
        assert fact in said
    member = people().sign_in("board@example.org")
    member.open("/board")
    code = certificate.rsplit("/", 1)[1]
    member.page.get_by_label("Certificate code").fill(code.lower())
    member.page.get_by_role("button", name="Check this certificate").click()
    member.page.wait_for_url(f"**/c/{code}")
    member.see()

    manager = people().sign_in("manager@example.org")
    manager.open("/workshop/providers/harborlight/roster")
    manager.open(f"/workshop/certificates/{code}")
    manager.open(f"/workshop/certificates/{code}/reissue")
    manager.page.get_by_label("Name as on the license").fill("Olga Kovač")
    manager.page.get_by_label("What was wrong").fill("The license is in Latin letters.")
    manager.page.get_by_role("button", name="Check the correction").click()
    manager.see()
    manager.page.get_by_role("button", name="Replace the certificate").click()
    manager.page.wait_for_load_state()
    manager.see()
    board.open(f"/c/{code}")
    assert "Replaced" in board.page.locator("h1").inner_text()
    corrected = re.search(r"/certificates/([0-9A-Z]{26})", manager.page.url).group(1)
    manager.open(f"/workshop/certificates/{corrected}/revoke")
    manager.page.locator("[name=reason][value=misconduct]").check()
    manager.page.locator("[name=note]").fill("For the test.")
    manager.page.get_by_role("button", name="Revoke for good").click()
    manager.page.wait_for_load_state()
    manager.see()
    board.open(f"/c/{corrected}")
    assert "Revoked" in board.page.locator("h1").inner_text()
