"""A mail server's address, read from one setting.

smtp://user:pass@mail.example.org:587             STARTTLS, which is the default
smtps://user:pass@mail.example.org:465            TLS from the first byte
smtp://localhost:25?tls=none                      no encryption: this machine only
"""

import ipaddress
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

from pbudget.kit.errors import BadInput

PORTS = {"starttls": 587, "tls": 465, "none": 25}


class MailServerNotUsable(BadInput):
    """The address of the mail server cannot be used; the message says what it takes and never repeats a password."""


@dataclass(frozen=True)
class MailServer:
    """Where e-mail is handed over, and how."""

    host: str
    port: int
    tls: str
    user: str = ""
    password: str = field(default="", repr=False)


def read_mail_server(address: str) -> MailServer:
    """The server in an address such as those above. Raises MailServerNotUsable."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise MailServerNotUsable("is not an address such as smtp://user:password@mail.example.org:587.") from error
    tls = "tls" if parts.scheme == "smtps" else parse_qs(parts.query).get("tls", ["starttls"])[-1]
    if parts.scheme not in ("smtp", "smtps") or not host or parts.path not in ("", "/"):
        raise MailServerNotUsable("is not an address such as smtp://user:password@mail.example.org:587.")
    if tls not in PORTS:
        raise MailServerNotUsable("says tls= something else than starttls, tls or none.")
    if tls == "none" and not _is_this_machine(host):
        raise MailServerNotUsable("says tls=none, which sends letters in clear. Only a server on this machine may.")
    return MailServer(host, port or PORTS[tls], tls, unquote(parts.username or ""), unquote(parts.password or ""))


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
