"""Who may run the place."""

from tests.lms.web.access.row import Row

OPERATOR = {"operator"}
NOBODY: set[str] = set()

ROWS: dict[str, Row] = {
    "operator.overview.show": Row("/operator", OPERATOR),
    "operator.mail.show_all": Row("/operator/mail", OPERATOR),
    # No mail was written in this world, so it is not found; test_mail.py opens one.
    "operator.mail.show": Row("/operator/mail/20260914T153000000000-00000001.eml", NOBODY),
    "operator.outbox.show": Row("/operator/outbox", OPERATOR),
    "operator.outbox.try_now": Row("/operator/outbox/{promise}/try", OPERATOR, "POST"),
    "operator.people.show_all": Row("/operator/people", OPERATOR),
    "operator.people.close": Row("/operator/people/{stranger_id}/deactivate", OPERATOR, "POST"),
    "operator.people.reopen": Row("/operator/people/{stranger_id}/activate", OPERATOR, "POST"),
    "operator.people.send_link": Row("/operator/people/{stranger_id}/confirmation", OPERATOR, "POST"),
    "operator.providers.show_all": Row("/operator/providers", OPERATOR),
    "operator.providers.begin": Row("/operator/providers/new", OPERATOR),
    "operator.providers.begin POST": Row("/operator/providers/new", OPERATOR, "POST"),
    "operator.providers.edit": Row("/operator/providers/{provider}", OPERATOR),
    "operator.providers.edit POST": Row("/operator/providers/{provider}", OPERATOR, "POST"),
    "operator.providers.add": Row("/operator/providers/{provider}/members", OPERATOR),
    "operator.providers.add POST": Row("/operator/providers/{provider}/members", OPERATOR, "POST"),
    "operator.providers.remove": Row(
        "/operator/providers/{provider}/members/{reviewer_id}/remove", OPERATOR, "POST", {"role": "reviewer"}
    ),
    "operator.providers.invite_person": Row("/operator/providers/{provider}/invitations", OPERATOR, "POST"),
    "operator.providers.take_back_invitation": Row(
        "/operator/providers/{provider}/invitations/{invitation_id}/take-back", OPERATOR, "POST"
    ),
    "operator.approvals.show_all": Row("/operator/approvals", OPERATOR),
    "operator.approvals.confirm": Row("/operator/approvals/{waiting}/confirm", OPERATOR, "POST"),
    "operator.approvals.refuse": Row("/operator/approvals/{waiting}/refuse", OPERATOR),
    "operator.approvals.refuse POST": Row("/operator/approvals/{waiting}/refuse", OPERATOR, "POST"),
    "operator.boards.show_all": Row("/operator/boards", OPERATOR),
    "operator.boards.begin": Row("/operator/boards/new", OPERATOR),
    "operator.boards.begin POST": Row("/operator/boards/new", OPERATOR, "POST"),
    "operator.boards.show": Row("/operator/boards/{board}", OPERATOR),
    "operator.boards.show POST": Row("/operator/boards/{board}", OPERATOR, "POST"),
    "operator.boards.remove": Row("/operator/boards/{board}/seats/{seated_id}/remove", OPERATOR, "POST"),
}
