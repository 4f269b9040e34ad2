"""Every setting, read once from the environment, checked together; nothing else reads it."""

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

SECRET_NAMES = ("secret_key", "password_salt", "totp_secret")


class BadSettings(Exception):  # noqa: N818 - it reads as the sentence it is
    """One message that names every setting that is missing or wrong."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How this installation runs. The environment variable of each field is named in `read_settings`."""

    data_dir: Path
    database_url: str
    redis_url: str
    public_url: str
    host: str
    port: int
    workers: int
    threads: int
    smtp_url: str
    mail_from: str
    security_contact: str
    media_url: str
    font_dirs: tuple[Path, ...]
    max_upload_mb: int
    trusted_proxies: int
    demo: bool
    secret_key: str
    password_salt: str
    totp_secret: str
    rate_limits: bool = True
    local_hooks: bool = False
    """Whether a webhook may go to the loopback address over plain http: for tests, so no variable sets it."""
    testing: bool = False

    @property
    def secure(self) -> bool:
        """Whether people reach us over TLS."""
        return self.public_url.startswith("https://")

    @property
    def local(self) -> bool:
        """Whether only this machine reaches us by our public name."""
        return is_local(self.public_host)

    @property
    def mailbox(self) -> str:
        """The address of whoever runs the site; empty where our mail comes from no mailbox."""
        address = parseaddr(self.mail_from)[1]
        return address if _is_read(address) else ""

    @property
    def contact(self) -> str:
        """The address, or the page, of whoever answers for the safety of accounts; empty where nobody reads it."""
        address = self.security_contact.removeprefix("mailto:")
        return address if _is_read(address) else ""

    @property
    def public_host(self) -> str:
        """The host name people reach us by; passkeys are bound to it."""
        return urlsplit(self.public_url).hostname or "localhost"


def _is_read(address: str) -> bool:
    """Say whether anybody may be expected to read what comes to an address."""
    return not address.endswith("@localhost") and not address.startswith(("no-reply@", "noreply@"))


def is_local(host: str) -> bool:
    """Say whether a host name, with or without a port, is a name of the machine itself."""
    name = urlsplit(f"//{host}").hostname or ""
    return name in ("localhost", "127.0.0.1", "::1") or name.endswith(".localhost")


# variable, default, what it is: the one list that documents them (`flask settings list` prints it)
VARIABLES: tuple[tuple[str, str, str], ...] = (
    ("PORT", "8080", "port to listen on"),
    ("HOST", "127.0.0.1", "address to listen on"),
    ("PUBLIC_URL", "http://localhost:PORT", "how people reach us; printed on every certificate"),
    ("LMS_DATA_DIR", "data", "folder for the embedded database, mail, media and the generated secrets"),
    ("DATABASE_URL", "sqlite in LMS_DATA_DIR", "postgresql://user:password@host/name, or sqlite:///path"),
    ("REDIS_URL", "", "redis://host:port/0: queue and rate limits on many machines; empty: embedded"),
    (
        "SMTP_URL",
        "",
        "smtp://user:password@host:587 (smtps:// for TLS from the start); empty: files in LMS_DATA_DIR/mail",
    ),
    ("MAIL_FROM", "Credence <no-reply@localhost>", "sender of our mail"),
    ("SECURITY_CONTACT", "mailto: and the address of MAIL_FROM", "mailto: or https: address for reports of weaknesses"),
    (
        "MEDIA_URL",
        "LMS_DATA_DIR/media",
        "where uploads are kept: a folder or an fsspec address such as s3://bucket/folder",
    ),
    (
        "FONT_DIRS",
        "",
        "further font folders for certificates, separated by a colon (Chinese, Japanese, Korean names)",
    ),
    ("WEB_WORKERS", "1", "server processes"),
    ("WEB_THREADS", "4", "threads in each"),
    ("MAX_UPLOAD_MB", "50", "largest upload"),
    ("TRUSTED_PROXIES", "0", "how many reverse proxies stand in front and set X-Forwarded-For"),
    (
        "LMS_DEMO",
        "1",
        "whether `make serve` loads the demonstration catalogue into an empty database (1 or 0)",
    ),
)


def read_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings, or raise `BadSettings` naming everything that is wrong.

    Secrets that do not exist yet are generated into the data folder, readable by its owner alone.
    """
    problems: list[str] = []

    def text(name: str, default: str = "") -> str:
        return environ.get(name, "").strip() or default

    def number(name: str, default: int, low: int, high: int) -> int:
        raw = text(name, str(default))
        if not raw.isdecimal() or not low <= int(raw) <= high:
            problems.append(f"{name} must be a whole number from {low} to {high}, not {raw!r}")
            return default
        return int(raw)

    def address(name: str, default: str, schemes: tuple[str, ...]) -> str:
        raw = text(name, default)
        if raw and not raw.startswith(tuple(f"{scheme}:" for scheme in schemes)):
            problems.append(f"{name} must begin with one of {', '.join(schemes)}")
        return raw

    port = number("PORT", 8080, 1, 65535)
    data_dir = Path(text("LMS_DATA_DIR", "data")).absolute()
    database_url = address(
        "DATABASE_URL",
        f"sqlite:///{data_dir / 'credence.db'}",
        ("sqlite", "postgresql", "postgres", "postgresql+psycopg"),
    )
    for prefix in ("postgres://", "postgresql://"):
        if database_url.startswith(prefix):
            database_url = "postgresql+psycopg://" + database_url.removeprefix(prefix)
    public_url = address("PUBLIC_URL", f"http://localhost:{port}", ("http", "https")).rstrip("/")
    if urlsplit(public_url).path:
        problems.append("PUBLIC_URL must be a host without a path")
    demo = text("LMS_DEMO", "1")
    if demo not in ("0", "1"):
        problems.append(f"LMS_DEMO must be 0 or 1, not {demo!r}")
    font_dirs = tuple(Path(part) for part in text("FONT_DIRS").split(":") if part)
    problems += [f"FONT_DIRS names {folder}, which is no folder" for folder in font_dirs if not folder.is_dir()]
    redis_url = address("REDIS_URL", "", ("redis", "rediss", "unix", "redis+socket"))
    smtp_url = address("SMTP_URL", "", ("smtp", "smtps"))
    mail_from = text("MAIL_FROM", "Credence <no-reply@localhost>")
    security_contact = address("SECURITY_CONTACT", f"mailto:{parseaddr(mail_from)[1]}", ("mailto", "https"))
    workers = number("WEB_WORKERS", 1, 1, 64)
    threads = number("WEB_THREADS", 4, 1, 64)
    max_upload_mb = number("MAX_UPLOAD_MB", 50, 1, 2000)
    trusted_proxies = number("TRUSTED_PROXIES", 0, 0, 5)
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        problems.append(f"LMS_DATA_DIR cannot be made: {error.strerror}")
    if problems:
        raise BadSettings("These settings need a change:\n  " + "\n  ".join(problems))
    secret = _read_secrets(data_dir / "secrets.json")
    return Settings(
        data_dir=data_dir,
        database_url=database_url,
        public_url=public_url,
        host=text("HOST", "127.0.0.1"),
        port=port,
        mail_from=mail_from,
        security_contact=security_contact,
        media_url=text("MEDIA_URL", str(data_dir / "media")),
        font_dirs=font_dirs,
        demo=demo == "1",
        redis_url=redis_url,
        smtp_url=smtp_url,
        workers=workers,
        threads=threads,
        max_upload_mb=max_upload_mb,
        trusted_proxies=trusted_proxies,
        secret_key=secret["secret_key"],
        password_salt=secret["password_salt"],
        totp_secret=secret["totp_secret"],
    )


def _read_secrets(path: Path) -> dict[str, str]:
    """Return the installation's secrets; make them where there are none (two starters agree on one set)."""
    if not path.exists():
        fresh = path.with_suffix(f".{secrets.token_hex(8)}.tmp")
        made = json.dumps({name: secrets.token_urlsafe(48) for name in SECRET_NAMES})
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(made)
        try:
            os.link(fresh, path)  # fails where another process was faster: then its secrets count
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    found: dict[str, str] = json.loads(path.read_text())
    missing = [name for name in SECRET_NAMES if not found.get(name)]
    if missing:
        raise BadSettings(f"{path} lacks {', '.join(missing)}")
    return {name: found[name] for name in SECRET_NAMES}
