"""Who may open what was certified."""

from tests.lms.web.access.row import EVERYBODY, Row

HOLDER = {"learner"}
MANAGER = {"manager"}

ROWS: dict[str, Row] = {
    "public.verify.ask": Row("/verify", EVERYBODY),
    "public.verify.ask POST": Row("/verify", EVERYBODY, "POST"),
    "public.verify.show": Row("/c/{code}", EVERYBODY),
    "public.verify.show_json": Row("/c/{code}.json", EVERYBODY),
    "learner.finish.show": Row("/learn/{ready}/finish", HOLDER),
    "learner.finish.show POST": Row("/learn/{ready}/finish", HOLDER, "POST"),
    "learner.finish.done": Row("/learn/{completed}/done", HOLDER),
    "learner.record.show": Row("/record", EVERYBODY - {"visitor"}),
    "learner.certificates.show": Row("/record/certificates/{code}", HOLDER),
    "learner.certificates.pdf": Row("/record/certificates/{code}.pdf", HOLDER),
    "learner.certificates.png": Row("/record/certificates/{code}.png", HOLDER),
    "author.awards.show_all": Row("/workshop/providers/{provider}/roster", MANAGER),
    "author.awards.show": Row("/workshop/certificates/{code}", MANAGER),
    "author.awards.revoke": Row("/workshop/certificates/{code}/revoke", MANAGER),
    "author.awards.revoke POST": Row("/workshop/certificates/{code}/revoke", MANAGER, "POST"),
    "author.awards.reissue": Row("/workshop/certificates/{code}/reissue", MANAGER),
    "author.awards.reissue POST": Row("/workshop/certificates/{code}/reissue", MANAGER, "POST"),
    "board.desk.show": Row("/board", {"board"}),
}
