"""How Flask-Security keeps accounts, judges passwords, checks codes and asks for passkeys, by our rules."""

import base64
import hashlib
import re
import unicodedata
from typing import Any

from flask import Flask
from flask_security import (
    FSQLALiteUserDatastore,
    PasswordUtil,
    RoleMixin,
    Totp,
    UserMixin,
    WebauthnUtil,
)
from flask_security.utils import aware_utcnow
from sqlalchemy import bindparam, select
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from lms.people.models import User

LONGEST_PASSWORD = 200  # argon2 hashes any length, at a price
FEWEST_DIFFERENT = 5
JUDGED = 72
"""How many characters zxcvbn takes: enough to see whether the password is one that many people have."""
WEAKEST = 2
"""Of zxcvbn's scores from 0 to 4; 2 takes about a million guesses and more, which our limits on trying make many."""


class NoRole(RoleMixin):
    """Flask-Security wants a class for roles; ours come from memberships, so no row of this exists."""


_SIGNED_IN = select(User).where(User.fs_uniquifier == bindparam("key"))
"""Put together once: every page of a signed-in person asks it."""


class Accounts(FSQLALiteUserDatastore):
    """Flask-Security's store of accounts inside our transaction: it may flush, the request commits."""

    def find_user(self, case_insensitive: bool = False, **kwargs: Any) -> UserMixin | None:
        """Return the account with this value, if there is one."""
        if kwargs.keys() == {"fs_uniquifier"}:
            found: UserMixin | None = self.db.session.scalar(_SIGNED_IN, {"key": kwargs["fs_uniquifier"]})
            return found
        other: UserMixin | None = super().find_user(case_insensitive, **kwargs)
        return other

    def commit(self) -> None:
        """Write to the database; whether it stays is the request's decision."""
        self.db.session.flush()

    def create_user(self, **kwargs: Any) -> UserMixin:
        """Stamp the account with its birth, and leave out the roles that nobody here has."""
        columns = self._prepare_create_user_args(created_at=aware_utcnow(), **kwargs)  # type: ignore[no-untyped-call]
        del columns["roles"]
        user: UserMixin = self.put(self.user_model(**columns))  # type: ignore[no-untyped-call]
        return user

    def create_webauthn(self, user: UserMixin, **kwargs: Any) -> None:  # type: ignore[override]
        """Stamp the passkey with its birth."""
        super().create_webauthn(user, create_datetime=aware_utcnow(), **kwargs)

    def tf_reset(self, user: UserMixin) -> None:
        """Switch codes off; recovery codes go with them, or they would be a second password nobody thinks of."""
        super().tf_reset(user)
        self.mf_set_recovery_codes(user, None)


class Passwords(PasswordUtil):
    """Long enough, and not what everybody would try first."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app)
        self.shortest: int = app.config["SECURITY_PASSWORD_LENGTH_MIN"]

    def validate(self, password: str, is_register: bool, **kwargs: Any) -> tuple[list[str] | None, str]:
        """Return what is wrong, if anything, and the password as it is hashed."""
        normal = self.normalize(password)
        if is_register:
            name, email = kwargs.get("name"), kwargs.get("email")
        else:
            name, email = kwargs["user"].name, kwargs["user"].email
        problem = self._problem(normal, name or "", email or "")
        return ([problem] if problem else None), normal

    def _problem(self, password: str, name: str, email: str) -> str:
        if len(password) < self.shortest:
            return f"Use at least {self.shortest} characters."
        if len(password) > LONGEST_PASSWORD:
            return f"Use at most {LONGEST_PASSWORD} characters."
        if len(set(password)) < FEWEST_DIFFERENT:
            return f"Use at least {FEWEST_DIFFERENT} different characters."
        plain = _plain(password)
        for part in re.findall(r"\w{4,}", f"{_plain(name)} {_plain(email.split('@', maxsplit=1)[0])}"):
            if part in plain:
                return "Leave your name and your email address out of the password."
        from zxcvbn import zxcvbn  # noqa: PLC0415 - its lists of words are 12 MB, for the day somebody chooses a password

        if zxcvbn(password[:JUDGED])["score"] < WEAKEST:
            return "Many people have this password or one like it. Take three or four unrelated words."
        return ""


def _plain(text: str) -> str:
    """Return the text without accents and capitals."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", text).casefold() if not unicodedata.combining(sign))


class Codes(Totp):
    """Codes from an app; each is good once (RFC 6238, section 5.2)."""

    def verify_totp(self, token: str, totp_secret: str, user: Any, window: int = 0) -> bool:
        """Check the code. While an app is being set up there is no earlier code of it to compare with."""
        if totp_secret != user.tf_totp_secret:
            user.tf_last_counter = None
        return bool(super().verify_totp("".join(token.split()), totp_secret, user, window))

    def get_last_counter(self, user: Any) -> int | None:
        """Return the counter of the last code that was taken."""
        counter: int | None = user.tf_last_counter
        return counter

    def set_last_counter(self, user: Any, tmatch: Any) -> None:
        """Remember the counter of the code just taken."""
        user.tf_last_counter = tmatch.counter


class Passkeys(WebauthnUtil):
    """Passkeys that stand for password and code together: they know their account and check their owner."""

    def authenticator_selection(self, user: Any, usage: str) -> AuthenticatorSelectionCriteria:
        """Take any kind, a phone's own as well as a key on a chain."""
        return AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        )

    def user_verification(self, user: Any, usage: list[str]) -> UserVerificationRequirement:
        """Always ask for finger, face or PIN."""
        return UserVerificationRequirement.REQUIRED


def recovery_key(secret: str) -> bytes:
    """Return the key that recovery codes are kept under, made from the installation's secret."""
    return base64.urlsafe_b64encode(hashlib.sha256(b"recovery codes\0" + secret.encode()).digest())
