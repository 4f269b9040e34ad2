"""Sign-in and profile: Flask-Security's pages in our dress, and what a person says of themselves."""

from datetime import timedelta

from flask import Blueprint, Flask
from flask_security import Security, uia_email_mapper
from flask_security.utils import aware_utcnow

from lms.config import Settings
from lms.people.models import Passkey, User
from lms.web.account import claims, gate, hints, landing, licenses, mail, profile, security
from lms.web.account.forms import FORMS
from lms.web.account.store import Accounts, Codes, NoRole, Passkeys, Passwords, recovery_key
from lms.web.account.words import MESSAGES, SUBJECTS
from lms.web.transaction import database

bp = Blueprint("account", __name__, url_prefix="/account")
for part in (profile, licenses, security, hints):
    bp.register_blueprint(part.bp)

TEMPLATES = {
    "SECURITY_LOGIN_USER_TEMPLATE": "account/sign_in.html",
    "SECURITY_LOGOUT_USER_TEMPLATE": "account/leave.html",
    "SECURITY_VERIFY_TEMPLATE": "account/verify.html",
    "SECURITY_REGISTER_USER_TEMPLATE": "account/register.html",
    "SECURITY_SEND_CONFIRMATION_TEMPLATE": "account/confirm.html",
    "SECURITY_FORGOT_PASSWORD_TEMPLATE": "account/forgot.html",
    "SECURITY_RESET_PASSWORD_TEMPLATE": "account/reset.html",
    "SECURITY_CHANGE_PASSWORD_TEMPLATE": "account/change_password.html",
    "SECURITY_CHANGE_EMAIL_TEMPLATE": "account/change_email.html",
    "SECURITY_TWO_FACTOR_SETUP_TEMPLATE": "account/codes.html",
    "SECURITY_TWO_FACTOR_VERIFY_CODE_TEMPLATE": "account/code.html",
    "SECURITY_TWO_FACTOR_SELECT_TEMPLATE": "account/choose_factor.html",
    "SECURITY_MULTI_FACTOR_RECOVERY_CODES_TEMPLATE": "account/recovery_codes.html",
    "SECURITY_MULTI_FACTOR_RECOVERY_TEMPLATE": "account/recovery.html",
    "SECURITY_WAN_REGISTER_TEMPLATE": "account/passkeys.html",
    "SECURITY_WAN_SIGNIN_TEMPLATE": "account/passkey.html",
    "SECURITY_WAN_VERIFY_TEMPLATE": "account/passkey_verify.html",
    "SECURITY_REGISTER_EMAIL_TEMPLATE": "mail/welcome",
    "SECURITY_REGISTER_EMAIL_EXISTING_TEMPLATE": "mail/welcome_existing",
    "SECURITY_EMAIL_TEMPLATE_CONFIRM": "mail/confirm",
    "SECURITY_EMAIL_TEMPLATE_PASSWORD_RESET": "mail/reset",
    "SECURITY_EMAIL_TEMPLATE_PASSWORD_RESET_NOTICE": "mail/reset_notice",
    "SECURITY_EMAIL_TEMPLATE_PASSWORD_CHANGE_NOTICE": "mail/password_changed",
    "SECURITY_CHANGE_EMAIL_EMAIL_TEMPLATE": "mail/change_email",
}


def init_app(app: Flask, settings: Settings) -> None:
    """Join Flask-Security to the application."""
    app.config.update(
        SECURITY_URL_PREFIX="/account",
        SECURITY_STATIC_FOLDER=None,
        SECURITY_CLI_USERS_NAME=None,
        SECURITY_CLI_ROLES_NAME=None,
        SECURITY_API_ENABLED_METHODS=["session"],
        SECURITY_CACHE_CONTROL={},  # lms/web/headers.py says it
        SECURITY_PASSWORD_SALT=settings.password_salt,
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 - the name of a method
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_PASSWORD_SINGLE_HASH=False,
        # In links, under our signature: a slow one would tell by the time it takes who has an account. The second one
        # is for links that were mailed before.
        SECURITY_HASHING_SCHEMES=["hex_sha256", "sha256_crypt"],
        SECURITY_PASSWORD_LENGTH_MIN=10,
        SECURITY_PASSWORD_CONFIRM_REQUIRED=False,
        SECURITY_RETURN_GENERIC_RESPONSES=True,
        SECURITY_USER_IDENTITY_ATTRIBUTES=[{"email": {"mapper": uia_email_mapper}}],
        SECURITY_EMAIL_VALIDATOR_ARGS={"check_deliverability": False},
        SECURITY_JOIN_USER_ROLES=False,
        SECURITY_REGISTERABLE=True,
        SECURITY_CONFIRMABLE=True,
        SECURITY_RECOVERABLE=True,
        SECURITY_CHANGEABLE=True,
        SECURITY_CHANGE_EMAIL=True,
        SECURITY_FRESHNESS=timedelta(hours=2),
        SECURITY_FRESHNESS_GRACE_PERIOD=timedelta(minutes=20),
        SECURITY_TWO_FACTOR=True,
        SECURITY_TWO_FACTOR_ENABLED_METHODS=["authenticator"],
        SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY=30,  # seconds a telephone's clock may be wrong
        SECURITY_TWO_FACTOR_RESCUE_EMAIL=False,
        SECURITY_TOTP_SECRETS={"1": settings.totp_secret},
        SECURITY_TOTP_ISSUER="Credence",
        SECURITY_MULTI_FACTOR_RECOVERY_CODES=True,
        SECURITY_MULTI_FACTOR_RECOVERY_CODES_N=10,
        SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS=[recovery_key(settings.totp_secret)],
        SECURITY_WEBAUTHN=True,
        SECURITY_WAN_RP_NAME="Credence",
        SECURITY_WAN_ALLOW_USER_HINTS=False,
        SECURITY_WAN_SIGNIN_WITHIN=timedelta(minutes=5),
        SECURITY_DATETIME_FACTORY=aware_utcnow,
        SECURITY_EMAIL_SENDER=settings.mail_from,
        SECURITY_POST_REGISTER_VIEW="security.login",
        SECURITY_POST_LOGIN_VIEW="learner.home.show",
        SECURITY_POST_LOGOUT_VIEW="public.home.show",
        SECURITY_POST_VERIFY_VIEW="account.security.show",
        SECURITY_POST_CHANGE_VIEW="account.security.show",
        SECURITY_POST_CHANGE_EMAIL_VIEW="account.profile.show",
        SECURITY_TWO_FACTOR_POST_SETUP_VIEW="account.security.show",
        SECURITY_WAN_POST_REGISTER_VIEW="security.wan_register",
        SECURITY_CSRF_IGNORE_UNAUTH_ENDPOINTS=False,
        SECURITY_TWO_FACTOR_VALIDITY_COOKIE={"httponly": True, "secure": settings.secure, "samesite": "Strict"},
        SECURITY_CSRF_COOKIE={"samesite": "Strict", "httponly": True, "secure": settings.secure},
        REMEMBER_COOKIE_SECURE=settings.secure,
        REMEMBER_COOKIE_HTTPONLY=True,
        REMEMBER_COOKIE_SAMESITE="Lax",
        REMEMBER_COOKIE_DURATION=timedelta(days=30),
        **TEMPLATES,
        **SUBJECTS,
        **MESSAGES,
    )
    joined = Security(
        app,
        Accounts(database, User, NoRole, Passkey),
        mail_util_cls=mail.OutboxMail,
        password_util_cls=Passwords,
        totp_cls=Codes,
        webauthn_util_cls=Passkeys,
        **FORMS,
    )
    # People sign in; programs have tokens of ours under /api. Flask-Security's own it need not look for on every page.
    app.login_manager.request_loader(lambda _: None)  # type: ignore[attr-defined]
    joined.want_json(lambda _: False)  # these pages are for people
    mail.init_app(app)
    claims.init_app(app)
    landing.init_app(app)
    gate.init_app(app)
