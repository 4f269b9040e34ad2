"""The signature under a message: Standard Webhooks 1.0 (HMAC-SHA256 over id, time and body), nothing of our own."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime

PREFIX = "whsec_"


def secret_of(master: str, salt: str) -> str:
    """Return a subscription's secret as its owner is shown it: 32 bytes in base64 behind `whsec_`."""
    digest = hmac.new(master.encode(), f"credence webhook {salt}".encode(), hashlib.sha256).digest()
    return PREFIX + base64.b64encode(digest).decode()


def sign(secret: str, message_id: str, moment: datetime, body: str) -> str:
    """Return one signature: `v1,` and base64."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{int(moment.timestamp())}.{body}".encode()
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def headers_of(secrets: Sequence[str], message_id: str, moment: datetime, body: str) -> dict[str, str]:
    """Return the three headers; while a secret is rotated the message is signed with both."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(sign(secret, message_id, moment, body) for secret in secrets),
    }
