"""The way to the certificate, as the macro `steps` draws it on every page of the way."""

from dataclasses import dataclass

from flask import url_for

from lms.awards.journey import Journey

BANNER = "Demonstration content: not approved for credit."
ORDER = ("lesson", "test", "evaluation", "finish", "done")
LABELS = {"lesson": "Learn", "test": "Test", "evaluation": "Evaluation", "finish": "Certificate"}


@dataclass(frozen=True, slots=True)
class Step:
    """A step, with its address where it can be entered."""

    label: str
    state: str
    url: str | None


def steps_of(journey: Journey) -> list[Step]:
    """Return the four steps; what is done can be read again, what is not yet open has no address."""
    now = ORDER.index(journey.next)
    return [
        Step(
            LABELS[name],
            "done" if place < now else "current" if place == now else "todo",
            url_of(journey.enrollment_id, name) if place <= now else None,
        )
        for place, name in enumerate(LABELS)
    ]


def url_of(enrollment_id: int, step: str) -> str:
    """Return where a step is taken."""
    endpoint = {
        "lesson": "learner.lessons.resume",
        "test": "learner.quiz.show",
        "evaluation": "learner.evaluation.show",
        "finish": "learner.finish.show",
        "done": "learner.finish.done",
    }[step]
    return url_for(endpoint, enrollment_id=enrollment_id)


def banner_of(journey: Journey) -> str:
    """Return the sentence over pages of a demonstration, else nothing."""
    return BANNER if journey.demonstration else ""
