"""The four refusals of the domain, in words for a person; the web maps them to 404, 403, 409 and 422."""


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not a fault
    """What every refusal of the domain is; `str()` of it is a sentence for a person."""


class NotFound(Refusal):
    """There is no such thing, or it is not yours to see."""


class NotAllowed(Refusal):
    """The thing is there, and a rule of the domain says no."""


class Conflict(Refusal):
    """Somebody else was faster, or the thing has moved on."""


class Invalid(Refusal):
    """What was given breaks a rule; `problems` says why, field by field.

    Keys are names of form fields; the key `form` speaks of the whole.
    """

    def __init__(self, **problems: str) -> None:
        super().__init__("; ".join(problems.values()))
        self.problems = problems
