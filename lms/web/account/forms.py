"""Flask-Security's forms in our order and our words; what they check is its business, save where a rule is ours."""

from typing import Any

from flask import current_app
from flask_security import (
    ChangeEmailForm,
    ChangePasswordForm,
    ForgotPasswordForm,
    LoginForm,
    MfRecoveryCodesForm,
    MfRecoveryForm,
    RegisterFormV2,
    ResetPasswordForm,
    SendConfirmationForm,
    TwoFactorRescueForm,
    TwoFactorSelectForm,
    TwoFactorSetupForm,
    TwoFactorVerifyCodeForm,
    VerifyForm,
    WebAuthnDeleteForm,
    WebAuthnRegisterForm,
    WebAuthnRegisterResponseForm,
    WebAuthnSigninForm,
    WebAuthnSigninResponseForm,
    WebAuthnVerifyForm,
)
from flask_security.forms import (
    EmailValidation,
    IsString,
    email_required,
    password_required,
    unique_user_email,
    valid_user_email,
)
from flask_security.recoverable import send_reset_password_instructions
from flask_security.utils import hash_password
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    SubmitField,
    ValidationError,
)
from wtforms.validators import InputRequired

from lms.awards.document import unprintable
from lms.errors import Invalid
from lms.people.commands import clean_name
from lms.web.account.zones import zones_or_none

NAME_HINT = "Your legal name as it is on your license. Your certificates print it exactly as you type it here."
PASSWORD_HINT = "At least 10 characters, without your name or address in it. Three or four unrelated words do well."  # noqa: S105
SIX_DIGITS = {"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": "7"}


def check_name(_: Any, field: Field) -> None:
    """Put the name in order; refuse, beside the field, what no certificate could print."""
    try:
        field.data = clean_name(field.data or "")
    except Invalid as refusal:
        raise ValidationError(refusal.problems["name"]) from refusal
    settings = current_app.extensions["settings"]
    missing = unprintable(field.data, settings.data_dir, settings.font_dirs)
    if missing:
        signs = ", ".join(f"“{sign}” ({_code_points(sign)})" for sign in missing[:5])
        raise ValidationError(
            f"None of our certificate fonts has {signs}. Write your name without it, or ask us to add a font."
        )


def _code_points(sign: str) -> str:
    return " ".join(f"U+{ord(letter):04X}" for letter in sign)


def _known_email() -> EmailField:
    return EmailField(
        "Email address",
        [IsString(), email_required, EmailValidation(verify=True), valid_user_email],
        render_kw={"autocomplete": "email"},
    )


def _new_email(label: str) -> EmailField:
    return EmailField(
        label,
        [IsString(), email_required, EmailValidation(verify=True), unique_user_email],
        render_kw={"autocomplete": "email"},
    )


def _new_password(label: str) -> PasswordField:
    return PasswordField(
        label,
        [IsString(), password_required],
        description=PASSWORD_HINT,
        render_kw={"autocomplete": "new-password"},
    )


def _old_password(label: str) -> PasswordField:
    return PasswordField(label, [IsString(), password_required], render_kw={"autocomplete": "current-password"})


class Register(RegisterFormV2):
    """Name, address, password, time zone."""

    name = StringField(
        "Legal name",
        [InputRequired("Give your name as it is on your license."), IsString(), check_name],
        description=NAME_HINT,
        render_kw={"autocomplete": "name"},
    )
    email = _new_email("Email address")
    password = _new_password("Password")
    time_zone = SelectField(
        "Time zone",
        [InputRequired("Choose your time zone.")],
        choices=zones_or_none,
        description="The day printed on a certificate is the day in this zone.",
        render_kw={"data-own-zone": ""},
    )
    submit = SubmitField("Create account")


class SignIn(LoginForm):
    """Address and password."""

    email = EmailField(
        "Email address",
        [IsString(), email_required, EmailValidation(verify=False)],
        render_kw={"autocomplete": "username"},
    )
    password = _old_password("Password")
    remember = BooleanField("Keep me signed in on this device")
    submit = SubmitField("Sign in")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.password.description = ""  # the way to a new password is on the page

    def validate(self, **kwargs: Any) -> bool:
        """Say plainly what keeps out a person who knows the password: only the others are told nothing."""
        if super().validate(**kwargs):
            return True
        if self.user_authenticated:
            self.form_errors.extend(self.email.errors)
            self.email.errors = []
        return False


class Verify(VerifyForm):
    """The password, once more."""

    password = _old_password("Your password")
    submit = SubmitField("Go on")


class Forgot(ForgotPasswordForm):
    """The address to send the link to."""

    email = _known_email()
    submit = SubmitField("Send me a link")

    def validate(self, **kwargs: Any) -> bool:
        """Who never confirmed gets the same link: choosing a password through the mailbox confirms it, too."""
        valid: bool = super().validate(**kwargs)
        if valid:
            hash_password("not-a-password")  # the library does it for all others: the time must not tell
        if self.requires_confirmation:
            send_reset_password_instructions(self.user)  # type: ignore[no-untyped-call]
        return valid


class Reset(ResetPasswordForm):
    """The new password; one field, as whoever mistypes it may ask for another link."""

    password = _new_password("New password")
    password_confirm = None
    submit = SubmitField("Keep this password")


class ChangePassword(ChangePasswordForm):
    """The old password and the new one."""

    password = _old_password("The password you have now")
    new_password = _new_password("New password")
    new_password_confirm = None
    submit = SubmitField("Change password")


class ChangeEmail(ChangeEmailForm):
    """The new address."""

    email = _new_email("New email address")
    submit = SubmitField("Send me a link")


class Confirm(SendConfirmationForm):
    """The address to confirm."""

    email = _known_email()
    submit = SubmitField("Send me a new link")


class SetUpCodes(TwoFactorSetupForm):
    """Which way of codes: the app is the only one; the page has a button for each choice."""

    setup = HiddenField()
    phone = HiddenField()
    submit = SubmitField("Go on")


class Code(TwoFactorVerifyCodeForm):
    """Six digits from the app."""

    code = StringField(
        "The six digits your app shows now", [IsString(), InputRequired("Type the code.")], render_kw=SIX_DIGITS
    )
    submit = SubmitField("Go on")


class Rescue(TwoFactorRescueForm):
    """There is one way out: a recovery code."""

    help_setup = RadioField("How do you want to go on?", choices=[])
    submit = SubmitField("Go on")


class ChooseFactor(TwoFactorSelectForm):
    """Which second factor, for who has several."""

    which = RadioField("What do you have at hand?")
    submit = SubmitField("Go on")


class RecoveryCodes(MfRecoveryCodesForm):
    """Making new codes."""

    show_codes = None
    generate_new_codes = SubmitField("Make new recovery codes")


class Recovery(MfRecoveryForm):
    """One recovery code, typed as it comes."""

    code = StringField(
        "Recovery code",
        [IsString(), InputRequired("Type one of your recovery codes.")],
        description="Twelve letters and digits. Each code works once.",
        filters=[lambda typed: _grouped(typed) if isinstance(typed, str) else typed],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )
    submit = SubmitField("Sign in")


def _grouped(typed: str) -> str:
    """Return the code as it is stored: small letters, three groups of four."""
    signs = "".join(sign for sign in typed.lower() if sign.isalnum())
    return "-".join(signs[start : start + 4] for start in range(0, len(signs), 4))


class NewPasskey(WebAuthnRegisterForm):
    """A name for the passkey. All our passkeys sign in by themselves."""

    name = StringField(
        "Name of the passkey",
        [IsString(), InputRequired("Give the passkey a name.")],
        description="So that you know it again, such as “My phone”.",
        render_kw={"maxlength": "64"},
    )
    usage = HiddenField()
    submit = SubmitField("Set up a passkey")

    def validate(self, **kwargs: Any) -> bool:
        """Whatever was sent: this passkey is for signing in."""
        self.usage.data = "first"
        return bool(super().validate(**kwargs))


class PasskeyMade(WebAuthnRegisterResponseForm):
    """What the browser answered."""

    submit = SubmitField("Make the passkey")

    def validate(self, **kwargs: Any) -> bool:
        """Forget what the browser says of extensions: it could say anything at any length."""
        valid: bool = super().validate(**kwargs)
        self.extensions = None  # type: ignore[assignment]
        return valid


class PasskeySignIn(WebAuthnSigninForm):
    """The start of signing in with a passkey; nobody is asked who they are."""

    identity = HiddenField()
    remember = BooleanField("Keep me signed in on this device")
    submit = SubmitField("Use a passkey")


class PasskeyShown(WebAuthnSigninResponseForm):
    """What the browser answered."""

    submit = SubmitField("Use my passkey")

    def validate(self, **kwargs: Any) -> bool:
        """Refuse a closed account too: the library notes that it is closed and goes on."""
        return bool(super().validate(**kwargs)) and not self.errors


class PasskeyVerify(WebAuthnVerifyForm):
    """The start of confirming who one is with a passkey."""

    submit = SubmitField("Use a passkey")


class DropPasskey(WebAuthnDeleteForm):
    """Which passkey goes."""

    name = HiddenField(validators=[IsString(), InputRequired("Say which passkey.")])
    submit = SubmitField("Remove")


FORMS: dict[str, Any] = {
    "login_form": SignIn,
    "verify_form": Verify,
    "register_form": Register,
    "forgot_password_form": Forgot,
    "reset_password_form": Reset,
    "change_password_form": ChangePassword,
    "change_email_form": ChangeEmail,
    "send_confirmation_form": Confirm,
    "two_factor_setup_form": SetUpCodes,
    "two_factor_verify_code_form": Code,
    "two_factor_rescue_form": Rescue,
    "two_factor_select_form": ChooseFactor,
    "mf_recovery_codes_form": RecoveryCodes,
    "mf_recovery_form": Recovery,
    "wan_register_form": NewPasskey,
    "wan_register_response_form": PasskeyMade,
    "wan_signin_form": PasskeySignIn,
    "wan_signin_response_form": PasskeyShown,
    "wan_verify_form": PasskeyVerify,
    "wan_delete_form": DropPasskey,
}
