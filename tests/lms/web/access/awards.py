"""Who may open what was certified."""

from tests.lms.web.access.row import EVERYBODY, Row

HOLDER = {"learner"}
MANAGER = {"manager"}

ROWS: dict[str, Row] = {
    "public.verify.ask": Row("/verify", EVERYBODY),
    "public.verify.ask POST": Row("/verify", EVERYBODY, "POST"),
    "public.check.show": Row("/verify/file", EVERYBODY),
    "public.check.show POST": Row("/verify/file", EVERYBODY, "POST"),
    "public.verify.show": Row("/c/{code}", EVERYBODY),
    "public.verify.show_json": Row("/c/{code}.json", EVERYBODY),
    "learner.finish.show": Row("/learn/{ready}/finish", HOLDER),
    "learner.finish.show POST": Row("/learn/{ready}/finish", HOLDER, "POST"),
    "learner.finish.done": Row("/learn/{completed}/done", HOLDER),
    "learner.record.show": Row("/record", EVERYBODY - {"visitor"}),
    "learner.certificates.show": Row("/record/certificates/{code}", HOLDER),
    "learner.certificates.picture": Row("/record/certificates/{code}/picture", HOLDER),
    "learner.certificates.download": Row("/record/certificates/{code}.pdf", HOLDER),
    "public.proofs.did": Row("/.well-known/did.json", EVERYBODY),
    "public.proofs.did_of_provider": Row("/p/{provider}/did.json", EVERYBODY),
    "public.proofs.status_list": Row("/credentials/status/{status_list}", EVERYBODY),
    "public.proofs.achievement": Row("/achievements/{edition}", EVERYBODY),
    "public.proofs.checkpoint": Row("/log/checkpoint", EVERYBODY),
    "public.proofs.vkey": Row("/log/vkey", EVERYBODY),
    "public.proofs.tile": Row("/log/tile/entries/000.p/1", EVERYBODY),
    "public.proofs.consistency": Row("/log/consistency?from=1", EVERYBODY),
    "public.proofs.entry": Row("/log/entries/0", EVERYBODY),
    "author.awards.show_all": Row("/workshop/providers/{provider}/roster", MANAGER),
    "author.awards.export": Row("/workshop/providers/{provider}/roster.csv", MANAGER),
    "author.awards.show": Row("/workshop/certificates/{code}", MANAGER),
    "author.awards.revoke": Row("/workshop/certificates/{code}/revoke", MANAGER),
    "author.awards.revoke POST": Row("/workshop/certificates/{code}/revoke", MANAGER, "POST"),
    "author.awards.reissue": Row("/workshop/certificates/{code}/reissue", MANAGER),
    "author.awards.reissue POST": Row("/workshop/certificates/{code}/reissue", MANAGER, "POST"),
    "board.desk.show": Row("/board", {"board"}),
    "board.witnesses.show_all": Row("/board/{board}/witnesses", {"board"}),
    "board.witnesses.show_all POST": Row("/board/{board}/witnesses", {"board"}, "POST"),
    "board.witnesses.drop": Row("/board/{board}/witnesses/1/drop", {"board"}, "POST"),
    "author.witnesses.show_all": Row("/workshop/providers/{provider}/witnesses", MANAGER),
    "author.witnesses.show_all POST": Row("/workshop/providers/{provider}/witnesses", MANAGER, "POST"),
    "author.witnesses.drop": Row("/workshop/providers/{provider}/witnesses/1/drop", MANAGER, "POST"),
}
