"""A certificate as somebody with a PDF editor might alter it, for visitors to catch; only the demonstration forges.

Whoever alters a file has its signed credential, which they cannot change, and has not our keys: so the page says more,
the credential inside is the true one, and there is no stamp.
"""

from dataclasses import replace

from lms.awards.document import open_shelf, thaw
from lms.awards.dress import load_pictures
from lms.awards.forms import Sheet, draw_bare
from lms.awards.models import Award
from lms.config import Settings
from lms.files import Shelf


def double_hours(award: Award, settings: Settings) -> bytes:
    """Return the award's PDF with twice its hours on the page, and inside it the credential as it was issued.

    The accreditor's statement in small print still says the true ones, as it would if somebody overlooked it.
    """
    true = thaw(award.facts)
    doubled = tuple(
        replace(
            credit,
            hours=2 * credit.hours,
            topics=tuple(replace(topic, hours=2 * topic.hours) for topic in credit.topics),
        )
        for credit in true.credits
    )
    fonts = open_shelf(settings.data_dir, settings.font_dirs)
    sheet = Sheet(replace(true, credits=doubled), fonts, award.design, "letter", award.credential.encode())
    return draw_bare("pdf", sheet, tuple(load_pictures(true, Shelf(settings.media_url)).items()))
