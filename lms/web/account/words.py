"""What Flask-Security says to people, in our words; the keys are its settings."""

SUBJECTS = {
    "SECURITY_EMAIL_SUBJECT_REGISTER": "Confirm your email address",
    "SECURITY_EMAIL_SUBJECT_CONFIRM": "Confirm your email address",
    "SECURITY_EMAIL_SUBJECT_PASSWORD_RESET": "Choose a new password",
    "SECURITY_EMAIL_SUBJECT_PASSWORD_NOTICE": "Your password was reset",
    "SECURITY_EMAIL_SUBJECT_PASSWORD_CHANGE_NOTICE": "Your password was changed",
    "SECURITY_CHANGE_EMAIL_SUBJECT": "Confirm your new email address",
}

_GOOD = {
    "EMAIL_CONFIRMED": "Your email address is confirmed. You can sign in now.",
    "PASSWORD_RESET_NO_LOGIN": "Your new password counts from now on. Sign in with it.",
    "PASSWORD_CHANGE": "Your password is changed. Everywhere else you were signed in, you no longer are.",
    "TWO_FACTOR_LOGIN_SUCCESSFUL": "You are signed in.",
    "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": (
        "From now on, signing in takes a code from your app. Make recovery codes next, in case you lose the phone."
    ),
    "TWO_FACTOR_DISABLED": "Signing in no longer takes a code. Your recovery codes are gone with it.",
    "WEBAUTHN_REGISTER_SUCCESSFUL": "The passkey “%(name)s” is set up.",
    "WEBAUTHN_CREDENTIAL_DELETED": "The passkey “%(name)s” no longer signs you in.",
    "CHANGE_EMAIL_CONFIRMED": "Your email address is changed. Sign in with the new one.",
    "REAUTHENTICATION_SUCCESSFUL": "Thank you. You can go on.",
}

# The same words whether there is an account or not: the answer must not tell.
_INFO = {
    "CONFIRM_REGISTRATION": (
        "We have written to %(email)s. Follow the link in the email to confirm the address, then sign in."
    ),
    "CONFIRMATION_REQUEST": (
        "If an account with the address %(email)s waits to be confirmed, an email with a link is on its way."
    ),
    "PASSWORD_RESET_REQUEST": (
        "If there is an account with the address %(email)s, an email with a link is on its way to it."
    ),
    "CHANGE_EMAIL_SENT": ("We have written to %(email)s. Your address changes when you follow the link in that mail."),
    "ALREADY_CONFIRMED": "This address is confirmed already. You can sign in.",
    "NO_RECOVERY_CODES_SETUP": "You have no recovery codes yet.",
    "UNAUTHENTICATED": "Sign in to go on.",
    "REAUTHENTICATION_REQUIRED": "To be sure that it is you, confirm who you are before you go on.",
    "ANONYMOUS_USER_REQUIRED": "You are signed in already.",
    "FORGOT_PASSWORD": "Forgot your password?",
}

_ERRORS = {
    "API_ERROR": "That link or form cannot be used. Start again.",
    "GENERIC_AUTHN_FAILED": "The email address or the password is not right.",
    "UNAUTHORIZED": "This is not open to you.",
    "INVALID_CONFIRMATION_TOKEN": "This link cannot be used. Ask for a new one below.",
    "CONFIRMATION_EXPIRED": "The link was good for %(within)s. Ask for a new one below.",
    "CONFIRMATION_REQUIRED": (
        "Your email address is not confirmed yet. Follow the link in our email, or ask for a new one."
    ),
    "DISABLED_ACCOUNT": "This account is closed. Write to us if you think that is a mistake.",
    "INVALID_RESET_PASSWORD_TOKEN": "This link cannot be used, or was used already. Ask for a new one below.",
    "PASSWORD_RESET_EXPIRED": "The link was good for %(within)s. Ask for a new one below.",
    "CHANGE_EMAIL_EXPIRED": "The link was good for %(within)s. Start again.",
    "EMAIL_ALREADY_ASSOCIATED": "This address is in use.",
    "EMAIL_NOT_PROVIDED": "Type your email address.",
    "INVALID_EMAIL_ADDRESS": "This does not look like an email address.",
    "USER_DOES_NOT_EXIST": "The email address or the password is not right.",
    "PASSWORD_NOT_PROVIDED": "Type a password.",
    "INVALID_PASSWORD": "This is not your password.",
    "PASSWORD_IS_THE_SAME": "This is the password you have now. Choose another one.",
    "RETYPE_PASSWORD_MISMATCH": "The two passwords are not the same.",
    "INVALID_REDIRECT": "That address is not ours.",
    "INVALID_RECOVERY_CODE": "This is not one of your unused recovery codes.",
    "INVALID_CODE": "This code is not right.",
    "TWO_FACTOR_INVALID_TOKEN": ("This code is not right, or it was used already. Take the one your app shows now."),
    "TWO_FACTOR_PERMISSION_DENIED": "That took too long or was out of turn. Sign in again.",
    "TWO_FACTOR_METHOD_NOT_AVAILABLE": "Choose one of the ways offered.",
    "TWO_FACTOR_SETUP_EXPIRED": "The picture was good for %(within)s. Start again.",
    "WEBAUTHN_EXPIRED": "That took longer than %(within)s. Start again.",
    "WEBAUTHN_NAME_REQUIRED": "Give the passkey a name.",
    "WEBAUTHN_NAME_INUSE": "You have a passkey named “%(name)s” already.",
    "WEBAUTHN_NAME_NOT_FOUND": "You have no passkey named “%(name)s”.",
    "WEBAUTHN_NAME_DISALLOWED_CHARACTERS": "Use letters, digits, spaces and hyphens.",
    "WEBAUTHN_CREDENTIAL_ID_INUSE": "This passkey is set up already.",
    "WEBAUTHN_UNKNOWN_CREDENTIAL_ID": "We do not know this passkey. Sign in another way, then set it up again.",
    "WEBAUTHN_ORPHAN_CREDENTIAL_ID": "We do not know this passkey. Sign in another way, then set it up again.",
    "WEBAUTHN_NO_VERIFY": "The passkey could not be checked. Try again.",
    "WEBAUTHN_CREDENTIAL_WRONG_USAGE": "This passkey was not set up for signing in.",
    "WEBAUTHN_MISMATCH_USER_HANDLE": "This passkey belongs to another account.",
    "INVALID_INPUT": "This cannot be read. Type it again.",
    "INVALID_INPUT_LENGTH": "Use at most 64 characters.",
}

MESSAGES = {
    f"SECURITY_MSG_{key}": (text, category)
    for category, texts in (("success", _GOOD), ("info", _INFO), ("error", _ERRORS))
    for key, text in texts.items()
}
