"""Who may open the workshop's pages."""

from tests.lms.web.access.row import EVERYBODY, WORKSHOP, Row

WRITERS = frozenset({"author", "manager"})
MODULE = "/workshop/modules/{draft}"

ROWS: dict[str, Row] = {
    "public.media.show": Row("/media/{media}", EVERYBODY),
    "author.modules.show_all": Row("/workshop", WORKSHOP | {"foreigner"}),
    "author.modules.show_all POST": Row("/workshop", WRITERS | {"foreigner"}, "POST", {"title": "New"}),
    "author.modules.show": Row(MODULE, WORKSHOP),
    "author.modules.begin_next": Row("/workshop/modules/{module}/next", WRITERS, "POST"),
    "author.details.edit": Row(MODULE + "/details", WORKSHOP),
    "author.details.edit POST": Row(MODULE + "/details", WRITERS, "POST", {"title": "New"}),
    "author.quiz.edit": Row(MODULE + "/quiz", WORKSHOP),
    "author.quiz.edit POST": Row(MODULE + "/quiz", WRITERS, "POST"),
    "author.preview.show": Row(MODULE + "/preview", WORKSHOP),
    "author.preview.lesson": Row(MODULE + "/preview/lessons/lesson-1", WORKSHOP),
    "author.preview.test": Row(MODULE + "/preview/test", WORKSHOP),
    "author.preview.references": Row(MODULE + "/preview/references", WORKSHOP),
    "author.lessons.preview": Row(MODULE + "/lessons/preview", WRITERS, "POST", {"body": "Text."}),
    "author.items.show_all": Row(MODULE + "/items", WORKSHOP),
    "author.items.add": Row(MODULE + "/items/new/single_best", WORKSHOP),
    "author.items.add POST": Row(MODULE + "/items/new/single_best", WRITERS, "POST"),
    "author.items.duplicate": Row(MODULE + "/items/{draft_item}/duplicate", WRITERS, "POST"),
    "author.media.show_all": Row(MODULE + "/media", WORKSHOP),
    "author.media.show_all POST": Row(MODULE + "/media", WRITERS, "POST"),
}

PARTS = {"objectives": "objective", "lessons": "lesson", "contributors": "contributor", "references": "reference"}

for part in PARTS:
    ROWS[f"author.{part}.show_all"] = Row(f"{MODULE}/{part}", WORKSHOP)
    ROWS[f"author.{part}.show_all POST"] = Row(f"{MODULE}/{part}", WRITERS, "POST")
for part, one in {**PARTS, "items": "item", "media": "media"}.items():
    place = f"{MODULE}/{part}/{{draft_{one}}}"
    ROWS[f"author.{part}.edit"] = Row(place, WORKSHOP)
    ROWS[f"author.{part}.edit POST"] = Row(place, WRITERS, "POST")
    if part != "media":
        ROWS[f"author.{part}.move"] = Row(f"{place}/move", WRITERS, "POST", {"step": "1"})
        ROWS[f"author.{part}.remove"] = Row(f"{place}/remove", WRITERS, "POST")
