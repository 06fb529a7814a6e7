"""Handing an e-mail over: to a mail server, or as a file where none is set.

What may go wrong is told apart by whether the message can have left: before its text goes over the line it is tried
again, after it nobody knows, and a person decides.
"""

import os
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import Protocol

from pbudget.kit.errors import PbudgetError
from pbudget.kit.smtp import MailServer
from pbudget.outbox.rules import domain_of

ANSWER_SECONDS = 20.0
TAKEN_SECONDS = 300.0
"""How long a server may take to say that it has a message. It scans it meanwhile; who gives up early sends twice."""
GO_AHEAD = 354
CLOSING = 421


class MailServerTrouble(PbudgetError):
    """The server cannot be used now, for any message; the officer reads why, and all e-mail waits."""


class NotTakenNow(PbudgetError):
    """The server refused this message for the time being; it is tried again."""


class Refused(PbudgetError):
    """The server refused this message for good; the officer reads why."""


class NobodyKnows(PbudgetError):
    """The line broke while the server had the message: it may have arrived. It is not sent again by itself."""


@dataclass(frozen=True)
class Outgoing:
    """One e-mail on its way: whom to, and the bytes of it."""

    name: str
    to: str
    content: bytes


class Transport(Protocol):
    """A way to hand e-mail over."""

    def deliver(self, mail: Outgoing, about_to_send: Callable[[], None]) -> None:
        """Hand one over; `about_to_send` is called at the last moment before it can leave."""
        ...


class FileTransport:
    """One file a message, in a folder only its owner may read. Writing it again makes the same file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def deliver(self, mail: Outgoing, about_to_send: Callable[[], None]) -> None:
        """Write the file whole or not at all. It can be written twice without harm, so nothing is said before."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        part = self._folder / f".{mail.name}.part"
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(mail.content)
            file.flush()
            os.fsync(file.fileno())
        part.rename(self._folder / f"{mail.name}.eml")


class SmtpTransport:
    """One connection to a mail server."""

    def __init__(self, smtp: smtplib.SMTP, sender: str) -> None:
        self._smtp, self._sender = smtp, parseaddr(sender)[1]

    def deliver(self, mail: Outgoing, about_to_send: Callable[[], None]) -> None:
        """Hand one over. Raises MailServerTrouble, NotTakenNow, Refused or NobodyKnows."""
        with _as_trouble():
            self._smtp.rset()
            _judge(self._smtp.mail(self._sender)[0], "our address as the sender")
            _judge(self._smtp.rcpt(mail.to)[0], "the address")
        about_to_send()
        with _as_trouble():
            _judge(self._smtp.docmd("DATA")[0], "the message")
        _judge(self._send(mail.content), "the message")

    def _send(self, content: bytes) -> int:
        """The message itself, after the server said to go ahead; its reply's code."""
        try:
            if self._smtp.sock:
                self._smtp.sock.settimeout(TAKEN_SECONDS)
            self._smtp.send(smtplib.quotedata(content.decode("ascii")) + ".\r\n")
            return self._smtp.getreply()[0]
        except (OSError, smtplib.SMTPException) as error:
            raise NobodyKnows(
                "The connection broke while the mail server took the message. It may have arrived: "
                "ask, then send it again with pbudget outbox --again."
            ) from error


@contextmanager
def transport_to(server: MailServer | None, sender: str, folder: Path) -> Iterator[Transport]:
    """The way e-mail goes out of this installation. Raises MailServerTrouble."""
    if server is None:
        yield FileTransport(folder)
        return
    with _as_trouble():
        smtp = _signed_in(server, sender)
    try:
        yield SmtpTransport(smtp, sender)
        with suppress(OSError, smtplib.SMTPException):
            smtp.quit()
    finally:
        smtp.close()


def _signed_in(server: MailServer, sender: str) -> smtplib.SMTP:
    """An open connection, encrypted with a checked certificate unless the setting says none."""
    name = domain_of(sender)
    if server.tls == "tls":
        trusted = ssl.create_default_context()
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, local_hostname=name, timeout=ANSWER_SECONDS, context=trusted
        )
    else:
        smtp = smtplib.SMTP(server.host, server.port, local_hostname=name, timeout=ANSWER_SECONDS)
    try:
        if server.tls == "starttls":
            smtp.starttls(context=ssl.create_default_context())
        smtp.ehlo_or_helo_if_needed()
        if server.user:
            smtp.login(server.user, server.password)
    except BaseException:
        smtp.close()
        raise
    return smtp


@contextmanager
def _as_trouble() -> Iterator[None]:
    """Say in one line what keeps every message from going out. No reply of the server's: it may hold an address."""
    try:
        yield
    except smtplib.SMTPAuthenticationError as error:
        raise MailServerTrouble("The mail server refused the user or password in PBUDGET_SMTP_URL.") from error
    except (ssl.SSLError, smtplib.SMTPNotSupportedError) as error:
        raise MailServerTrouble(
            "The mail server offers no encryption that can be trusted. Check its certificate, and PBUDGET_SMTP_URL."
        ) from error
    except (OSError, smtplib.SMTPException) as error:
        raise MailServerTrouble(
            "The mail server does not answer as it should. Check that it runs, and PBUDGET_SMTP_URL."
        ) from error


def _judge(code: int, what: str) -> None:
    """What a reply's code means: 2xx and the go-ahead are good, 4xx is for now, 5xx for good, 421 ends the line."""
    if 200 <= code < 300 or code == GO_AHEAD:
        return
    if code == CLOSING or not 400 <= code < 600:
        raise MailServerTrouble(f"The mail server closes the connection (its code: {code}).")
    if code < 500:
        raise NotTakenNow(f"The mail server does not take {what} at the moment (its code: {code}).")
    raise Refused(f"The mail server refused {what} (its code: {code}).")
