"""First-run hints: one quiet notice for each place, until the person has read it; visitors see none."""

from dataclasses import dataclass

from flask import Flask
from flask_login import current_user


@dataclass(frozen=True, slots=True)
class Hint:
    """What to know on the first day in a place: `home` is the endpoint of the place, `guide` a page of the help."""

    place: str
    title: str
    text: str
    guide: str
    home: str
    step: tuple[str, str, str] | None = None
    """What to do first on another page, as a sentence, with the label and the endpoint; for whom it is not done yet."""


HINTS = {
    hint.place: hint
    for hint in (
        Hint(
            "learning",
            "How it works here",
            "Choose a module, read its lessons at your own pace, pass the test, and answer a short evaluation. "
            "Then you attest and receive your certificate at once.",
            "tests",
            "learner.home.show",
            (
                "Add your license first, so that your certificates print it.",
                "Add your license",
                "account.licenses.add",
            ),
        ),
        Hint(
            "workshop",
            "How a module comes to be",
            "Begin with a title. The parts of the module are tabs, and the tab Check and publish lists "
            "what is still missing. Nobody sees a draft but your provider; somebody who did not work on it "
            "publishes it.",
            "gate",
            "author.modules.show_all",
        ),
        Hint(
            "board",
            "How to check a certificate",
            "Look up a licensee, or type the code of a certificate below. You see every line it was issued with: "
            "compare them with the document in your hand.",
            "verify",
            "board.desk.show",
        ),
        Hint(
            "operation",
            "What to do first",
            "Add a provider and give its people their roles, then give boards their seats. Check that mail leaves, "
            "and that the data folder is backed up.",
            "operation",
            "operator.overview.show",
        ),
    )
}


def init_app(app: Flask) -> None:
    """Give the macro `hint` what to show."""
    app.jinja_env.globals["hint_for"] = hint_for


def hint_for(place: str) -> Hint | None:
    """Return the hint of the place, or None for a visitor and for whoever has put it away."""
    hint = HINTS[place]
    return hint if current_user.is_authenticated and place not in current_user.dismissed_hints else None
