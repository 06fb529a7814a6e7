"""Settings: read once from the environment, frozen, and described in one table that the documentation repeats."""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from pbudget.kit.errors import BadInput
from pbudget.kit.files import put_once
from pbudget.kit.smtp import MailServer, MailServerNotUsable, read_mail_server

ROOT = Path(__file__).resolve().parent.parent


class SettingNotUsable(BadInput):
    """A setting in the environment cannot be used; the message names it and says what it takes."""


@dataclass(frozen=True)
class Setting:
    """One row of the settings table: the variable, what it is when absent, and what it means."""

    variable: str
    default: str
    meaning: str


SETTINGS = (
    Setting("PBUDGET_INSTANCE", "instance", "Folder of everything this installation keeps: database, secret, logs."),
    Setting("PBUDGET_KEYS", "`keys` in the instance folder", "Folder of the rounds' keys; never inside a backup."),
    Setting("DATABASE_URL", "SQLite in the instance folder", "`postgresql://…` for a PostgreSQL server."),
    Setting("PBUDGET_SECRET_KEY", "made once, in the instance folder", "Signs cookies; 32 characters or more."),
    Setting(
        "PBUDGET_PUBLIC_URL",
        "http://127.0.0.1:8000",
        "Where residents reach the site; with https, cookies are `__Host-` and Secure and HSTS is sent.",
    ),
    Setting("PBUDGET_COUNCIL_NAME", "Your council", "The council's name, in the header and the footer."),
    Setting("PBUDGET_LOGO_TEXT", "the council's name", "What the header says where a logo would stand."),
    Setting("PBUDGET_BRAND_COLOUR", "#0b4f6c", "The header's colour, `#rrggbb`, at least 4.5:1 against white."),
    Setting("PBUDGET_CONTACT_EMAIL", "not shown", "Where residents write for help."),
    Setting("PBUDGET_CONTACT_PHONE", "not shown", "The number residents ring for help, with its opening hours."),
    Setting(
        "PBUDGET_SMTP_URL",
        "each e-mail is a file in `mail/` in the instance folder",
        "The mail server: `smtp://user:password@host:587` (STARTTLS), `smtps://…` (TLS), `smtp://localhost?tls=none`.",
    ),
    Setting("PBUDGET_MAIL_FROM", "`pbudget@` and the public host", "Sender of e-mail, `Name <address>` or an address."),
    Setting(
        "PBUDGET_PROXIES",
        "0",
        "How many proxies of yours stand in front, one behind the other; each must set `X-Forwarded-For`.",
    ),
    Setting("PBUDGET_LOG_LEVEL", "info", "`debug`, `info`, `warning` or `error`."),
)


@dataclass(frozen=True)
class Settings:
    """What the application may know about where it runs."""

    instance: Path
    database_url: str
    secret_key: str
    public_url: str = "http://127.0.0.1:8000"
    council_name: str = "Your council"
    logo_text: str = "Your council"
    brand_colour: str = "#0b4f6c"
    contact_email: str = ""
    contact_phone: str = ""
    log_level: str = "info"
    proxies: int = 0
    mail_server: MailServer | None = None
    mail_from: str = "pbudget@localhost"
    keys: Path | None = None
    testing: bool = False

    @property
    def keys_folder(self) -> Path:
        """Folder of the rounds' keys."""
        return self.keys or self.instance / "keys"

    @property
    def https(self) -> bool:
        """Whether residents reach the site over https."""
        return self.public_url.startswith("https://")


def read_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings once; make the instance folder and its secret if they are not there yet.

    Raises SettingNotUsable with the variable's name and what it takes.
    """
    instance = Path(environ.get("PBUDGET_INSTANCE", ROOT / "instance")).resolve()
    _make_folder(instance)
    council = environ.get("PBUDGET_COUNCIL_NAME", Settings.council_name)
    return Settings(
        instance=instance,
        database_url=_database_url(environ, instance),
        secret_key=_secret_key(environ, instance),
        public_url=_public_url(environ),
        council_name=council,
        logo_text=environ.get("PBUDGET_LOGO_TEXT", council),
        brand_colour=_brand_colour(environ),
        contact_email=environ.get("PBUDGET_CONTACT_EMAIL", ""),
        contact_phone=environ.get("PBUDGET_CONTACT_PHONE", ""),
        log_level=_log_level(environ),
        proxies=_proxies(environ),
        mail_server=_mail_server(environ),
        mail_from=_mail_from(environ),
        keys=Path(environ["PBUDGET_KEYS"]).resolve() if environ.get("PBUDGET_KEYS") else None,
    )


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingNotUsable(
            f"PBUDGET_INSTANCE: the folder {folder} cannot be made ({error.strerror}). Name a folder you may write to."
        ) from error


def _database_url(environ: Mapping[str, str], instance: Path) -> str:
    url = environ.get("DATABASE_URL") or f"sqlite:///{instance / 'pbudget.sqlite'}"
    if url.startswith("sqlite:///"):
        return url
    if url.startswith(("postgresql://", "postgres://", "postgresql+psycopg://")):
        return "postgresql+psycopg://" + url.partition("://")[2]
    raise SettingNotUsable("DATABASE_URL starts with neither postgresql:// nor sqlite:///. Use one of the two.")


def _secret_key(environ: Mapping[str, str], instance: Path) -> str:
    given = environ.get("PBUDGET_SECRET_KEY")
    if given is None:
        return _kept_secret(instance / "secret-key")
    if len(given) < 32:
        raise SettingNotUsable("PBUDGET_SECRET_KEY is shorter than 32 characters. Make a longer one, or leave it out.")
    return given


def _kept_secret(path: Path) -> str:
    """The secret in the instance folder, made by whichever process comes first."""
    if not path.exists():
        put_once(path, secrets.token_hex(32))
    return _read_secret(path)


def _read_secret(path: Path) -> str:
    secret = path.read_text(encoding="ascii").strip()
    if len(secret) < 32:
        raise SettingNotUsable(f"{path} holds no usable secret. Delete the file; a new one is made at the next start.")
    return secret


def _public_url(environ: Mapping[str, str]) -> str:
    url = environ.get("PBUDGET_PUBLIC_URL", Settings.public_url).rstrip("/")
    if not re.fullmatch(r"https?://[^/\s]+", url):
        raise SettingNotUsable("PBUDGET_PUBLIC_URL is not an address such as https://decide.example.gov.uk.")
    return url


def _brand_colour(environ: Mapping[str, str]) -> str:
    colour = environ.get("PBUDGET_BRAND_COLOUR", Settings.brand_colour)
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise SettingNotUsable("PBUDGET_BRAND_COLOUR is not a colour such as #0b4f6c.")
    if contrast_with_white(colour) < 4.5:
        raise SettingNotUsable(f"PBUDGET_BRAND_COLOUR {colour} is too pale to read white text on. Choose a darker one.")
    return colour


def contrast_with_white(colour: str) -> float:
    """Contrast ratio of `#rrggbb` with white, 1 to 21 (WCAG 2.2: relative luminance). `#ffffff` is 1.0."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _log_level(environ: Mapping[str, str]) -> str:
    level = environ.get("PBUDGET_LOG_LEVEL", Settings.log_level).lower()
    if level not in ("debug", "info", "warning", "error"):
        raise SettingNotUsable("PBUDGET_LOG_LEVEL is none of debug, info, warning and error.")
    return level


def _proxies(environ: Mapping[str, str]) -> int:
    number = environ.get("PBUDGET_PROXIES", "0")
    if not re.fullmatch(r"[0-9]", number):
        raise SettingNotUsable("PBUDGET_PROXIES is not a number from 0 to 9.")
    return int(number)


def _mail_server(environ: Mapping[str, str]) -> MailServer | None:
    address = environ.get("PBUDGET_SMTP_URL")
    try:
        return read_mail_server(address) if address else None
    except MailServerNotUsable as error:
        raise SettingNotUsable(f"PBUDGET_SMTP_URL {error}") from error


def _mail_from(environ: Mapping[str, str]) -> str:
    host = urlsplit(_public_url(environ)).hostname or ""
    sender = environ.get("PBUDGET_MAIL_FROM", "pbudget@localhost" if host.startswith("127.") else f"pbudget@{host}")
    if not re.fullmatch(r"([^<>@\r\n]+<)?[^<>@\s]+@[^<>@\s]+>?", sender) or ("<" in sender) != sender.endswith(">"):
        raise SettingNotUsable("PBUDGET_MAIL_FROM is not a sender such as Test council <votes@council.example>.")
    return sender
