"""Who may open their own account."""

from tests.lms.web.access.row import SIGNED_IN, Row

HOLDER = {"learner"}

ROWS: dict[str, Row] = {
    "account.profile.show": Row("/account/profile", SIGNED_IN),
    "account.profile.show POST": Row("/account/profile", SIGNED_IN, "POST"),
    "account.profile.leave": Row("/account/leave", SIGNED_IN),
    "account.security.show": Row("/account/security", SIGNED_IN),
    "account.licenses.add": Row("/account/licenses/new", SIGNED_IN),
    "account.licenses.add POST": Row("/account/licenses/new", SIGNED_IN, "POST"),
    "account.licenses.edit": Row("/account/licenses/{license}", HOLDER),
    "account.licenses.edit POST": Row("/account/licenses/{license}", HOLDER, "POST"),
    "account.hints.dismiss": Row("/account/hints/learning/dismiss", SIGNED_IN, "POST"),
    "account.licenses.remove": Row("/account/licenses/{license}/remove", HOLDER, "POST"),
}
