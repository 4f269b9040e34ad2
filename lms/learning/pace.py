"""How long a learner was seen reading beside how long a module is planned for: told to both sides, and no gate."""

from dataclasses import dataclass

from lms.modules.outline import reading_minutes

QUICK = 4
"""Less than one part in so many of the planned time is faster than anybody reads to learn (400 words a minute).

Half would be 200 words a minute, which is an ordinary reader; the planned time leaves room to think (ce-domain 4).
"""


@dataclass(frozen=True, slots=True)
class Pace:
    """Engaged seconds beside planned minutes of reading and watching."""

    seconds: int
    planned: int

    @property
    def minutes(self) -> int:
        """Whole minutes that the learner was seen reading."""
        return self.seconds // 60

    @property
    def quick(self) -> bool:
        """Whether it is too short to let it pass without a word."""
        return self.seconds * QUICK < self.planned * 60


def pace_of(seconds: int, words: int, media_seconds: int) -> Pace:
    """Return the pace of somebody who was seen reading an edition of that length for so long."""
    return Pace(seconds, reading_minutes(words, media_seconds))
