"""Sign-in and profile: Flask-Security's pages in our dress, and what a person says of themselves."""

from typing import Any

from flask import Blueprint, Flask
from flask_security import FSQLALiteUserDatastore, RoleMixin, Security, UserMixin
from flask_security.utils import aware_utcnow

from lms.config import Settings
from lms.people.models import Passkey, User
from lms.web.account import mail, profile, security
from lms.web.transaction import database

bp = Blueprint("account", __name__, url_prefix="/account")
for part in (profile, security):
    bp.register_blueprint(part.bp)


class NoRole(RoleMixin):
    """Flask-Security wants a class for roles; ours come from memberships, so no row of this exists."""


class Accounts(FSQLALiteUserDatastore):
    """Flask-Security's store of accounts inside our transaction: it may flush, the request commits."""

    def commit(self) -> None:
        """Write to the database; whether it stays is the request's decision."""
        self.db.session.flush()

    def create_user(self, **kwargs: Any) -> UserMixin:
        """Stamp the account with its birth."""
        return super().create_user(created_at=aware_utcnow(), **kwargs)


def init_app(app: Flask, settings: Settings) -> None:
    """Join Flask-Security to the application."""
    app.config.update(
        SECURITY_URL_PREFIX="/account",
        SECURITY_STATIC_FOLDER_URL="/fs-static",
        SECURITY_PASSWORD_SALT=settings.password_salt,
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 - the name of a method
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_PASSWORD_SINGLE_HASH=False,
        SECURITY_PASSWORD_LENGTH_MIN=10,
        SECURITY_RETURN_GENERIC_RESPONSES=True,
        SECURITY_JOIN_USER_ROLES=False,
        SECURITY_REGISTERABLE=True,
        SECURITY_CONFIRMABLE=True,
        SECURITY_RECOVERABLE=True,
        SECURITY_CHANGEABLE=True,
        SECURITY_CHANGE_EMAIL=True,
        SECURITY_TWO_FACTOR=True,
        SECURITY_TWO_FACTOR_ENABLED_METHODS=["authenticator"],
        SECURITY_TWO_FACTOR_RESCUE_EMAIL=False,
        SECURITY_TOTP_SECRETS={"1": settings.totp_secret},
        SECURITY_TOTP_ISSUER="Credence",
        SECURITY_MULTI_FACTOR_RECOVERY_CODES=True,
        SECURITY_WEBAUTHN=True,
        SECURITY_WAN_RP_NAME="Credence",
        SECURITY_WAN_ALLOW_USER_HINTS=False,
        SECURITY_DATETIME_FACTORY=aware_utcnow,
        SECURITY_EMAIL_SENDER=settings.mail_from,
        SECURITY_POST_LOGIN_VIEW="learner.home.show",
        SECURITY_POST_LOGOUT_VIEW="public.home.show",
        SECURITY_CSRF_IGNORE_UNAUTH_ENDPOINTS=False,
        SECURITY_TWO_FACTOR_VALIDITY_COOKIE={
            "httponly": True,
            "secure": settings.secure,
            "samesite": "Strict",
        },
        SECURITY_CSRF_COOKIE={"samesite": "Strict", "httponly": True, "secure": settings.secure},
    )
    store = Accounts(database, User, NoRole, Passkey)
    Security(app, store, mail_util_cls=mail.OutboxMail)
