"""Who may calculate credit, review, publish, and speak for a provider."""

from tests.lms.web.access.row import EVERYBODY, WORKSHOP, Row

MANAGER = {"manager"}
REVIEWERS = {"reviewer", "manager"}
WRITERS = {"author", "manager"}

ROWS: dict[str, Row] = {
    "author.credit.show": Row("/workshop/modules/{draft}/credit", WORKSHOP),
    "author.credit.edit": Row("/workshop/modules/{draft}/credit/DEMO", WORKSHOP),
    "author.credit.edit POST": Row("/workshop/modules/{draft}/credit/DEMO", WRITERS, "POST", {"method": "mergener"}),
    "author.credit.drop": Row("/workshop/modules/{draft}/credit/DEMO/drop", WRITERS, "POST"),
    "author.credit.waive": Row("/workshop/modules/{draft}/credit/waive", WRITERS, "POST"),
    "author.gate.show": Row("/workshop/modules/{draft}/gate", WORKSHOP),
    "author.gate.submit": Row("/workshop/modules/{draft}/gate/submit", WRITERS, "POST"),
    "author.gate.send_back": Row("/workshop/modules/{draft}/gate/send-back", REVIEWERS, "POST", {"note": "More."}),
    "author.gate.publish": Row("/workshop/modules/{draft}/gate/publish", REVIEWERS, "POST"),
    "author.approvals.show_all": Row("/workshop/providers/{provider}/approvals", MANAGER),
    "author.approvals.record": Row("/workshop/providers/{provider}/approvals/new/DEMO", MANAGER),
    "author.approvals.record POST": Row("/workshop/providers/{provider}/approvals/new/DEMO", MANAGER, "POST"),
    "author.approvals.withdraw": Row("/workshop/providers/{provider}/approvals/{approval}/withdraw", MANAGER),
    "author.approvals.withdraw POST": Row(
        "/workshop/providers/{provider}/approvals/{approval}/withdraw", MANAGER, "POST"
    ),
    "author.settings.edit": Row("/workshop/providers/{provider}/settings", MANAGER),
    "author.settings.edit POST": Row("/workshop/providers/{provider}/settings", MANAGER, "POST"),
    "author.look.edit": Row("/workshop/providers/{provider}/look", MANAGER),
    "author.look.edit POST": Row("/workshop/providers/{provider}/look", MANAGER, "POST"),
    "author.look.choose": Row("/workshop/providers/{provider}/look/design", MANAGER, "POST", {"design": "plain"}),
    "author.look.remove": Row("/workshop/providers/{provider}/look/logo/remove", MANAGER, "POST"),
    "author.look.specimen": Row("/workshop/providers/{provider}/look/specimen.webp?size=small", MANAGER),
    "public.providers.show": Row("/providers/{provider}", EVERYBODY),
}
