"""Who may open Flask-Security's pages. They guard themselves; being led elsewhere than to the sign-in is "allowed"."""

from tests.lms.web.access.row import EVERYBODY, SIGNED_IN, Row

NOBODY: frozenset[str] = frozenset()

BOTH = {
    "login": ("login", EVERYBODY),
    "register": ("register", EVERYBODY),
    "send_confirmation": ("confirm", EVERYBODY),
    "confirm_email": ("confirm/forged", EVERYBODY),
    "forgot_password": ("reset", EVERYBODY),
    "reset_password": ("reset/forged", EVERYBODY),
    "verify": ("verify", SIGNED_IN),
    "change_password": ("change", SIGNED_IN),
    "change_email": ("change-email", SIGNED_IN),
    "two_factor_setup": ("tf-setup", SIGNED_IN),
    # Steps of a sign-in: who is signed in already is led home, a visitor without a password to the sign-in.
    "two_factor_token_validation": ("tf-validate", SIGNED_IN),
    "two_factor_rescue": ("tf-rescue", SIGNED_IN),
    "mf_recovery": ("mf-recovery", SIGNED_IN),
    "tf_select": ("tf-select", NOBODY),
    "mf_recovery_codes": ("mf-recovery-codes", SIGNED_IN),
    "wan_register": ("wan-register", SIGNED_IN),
    "wan_delete": ("wan-delete", SIGNED_IN),
    "wan_verify": ("wan-verify", SIGNED_IN),
    "wan_signin": ("wan-signin", EVERYBODY),
}
POSTS = {
    "logout": ("logout", EVERYBODY),
    "two_factor_setup_validate": ("tf-setup/forged", SIGNED_IN),
    "wan_register_response": ("wan-register/forged", SIGNED_IN),
    "wan_signin_response": ("wan-signin/forged", EVERYBODY),
    "wan_verify_response": ("wan-verify/forged", SIGNED_IN),
}

ROWS: dict[str, Row] = {
    "security.change_email_confirm": Row("/account/change-email/forged", EVERYBODY),
    **{f"security.{name}": Row(f"/account/{path}", who) for name, (path, who) in BOTH.items()},
    **{f"security.{name} POST": Row(f"/account/{path}", who, "POST") for name, (path, who) in (BOTH | POSTS).items()},
}
