"""Who may ask as a program, and who may say which programs may: a session opens nothing of the API by itself."""

from tests.lms.web.access.row import EVERYBODY, Row

NOBODY: set[str] = set()
HOLDER, MANAGER, BOARD = {"learner"}, {"manager"}, {"board"}
SHARING = "/record/certificates/{code}/sharing"
TOLD = {"board": "/board/{board}/webhooks", "author": "/workshop/providers/{provider}/webhooks"}

ROWS: dict[str, Row] = {
    "api.guide.show": Row("/api", EVERYBODY),
    "api.guide.document": Row("/api/openapi.json", EVERYBODY),
    "api.certificates.show": Row("/api/v1/certificates/{code}", EVERYBODY),
    # These ask for a token, whoever is signed in; tests/lms/web/api shows one.
    "api.certificates.list_by_license": Row("/api/v1/certificates?number=1", NOBODY),
    "api.certificates.bundle": Row("/api/v1/certificates/{code}/bundle", NOBODY),
    "api.batch.check_many": Row("/api/v1/verify", NOBODY, "POST"),
    "api.revocations.show": Row("/api/v1/revocations", EVERYBODY),
    "api.revocations.atom": Row("/api/v1/revocations.atom", EVERYBODY),
    "public.sharing.match": Row("/c/{code}/match", EVERYBODY, "POST", {"name": "x"}),
    # Others need the key of a link that the holder shared.
    "public.sharing.proof": Row("/c/{code}/proof.json", EVERYBODY),
    "public.sharing.bundle": Row("/c/{code}/bundle.json", HOLDER),
    "public.sharing.credential": Row("/c/{code}/credential", HOLDER),
    "learner.sharing.show": Row(SHARING, HOLDER),
    "learner.sharing.show POST": Row(SHARING, HOLDER, "POST", {"name": "x", "days": "7"}),
    "learner.sharing.choose": Row(SHARING + "/level", HOLDER, "POST", {"level": "match"}),
    "learner.sharing.withdraw": Row(SHARING + "/{share_link}/withdraw", HOLDER, "POST"),
    "board.tokens.show_all": Row("/board/{board}/tokens", BOARD),
    "board.tokens.show_all POST": Row("/board/{board}/tokens", BOARD, "POST"),
    "board.tokens.withdraw": Row("/board/{board}/tokens/{api_token}/withdraw", BOARD, "POST"),
}
for audience, allowed in (("board", BOARD), ("author", MANAGER)):
    home, mine = TOLD[audience], "/{" + audience + "_hook}"
    ROWS |= {
        f"{audience}.hooks.show_all": Row(home, allowed),
        f"{audience}.hooks.show_all POST": Row(home, allowed, "POST"),
        f"{audience}.hooks.show": Row(home + mine, allowed),
        f"{audience}.hooks.rotate": Row(home + mine + "/secret", allowed, "POST"),
        f"{audience}.hooks.withdraw": Row(home + mine + "/withdraw", allowed, "POST"),
        f"{audience}.hooks.send_again": Row(home + "/messages/{" + audience + "_message}/send", allowed, "POST"),
    }
