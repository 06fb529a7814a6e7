"""What may be sent and when it is tried again. Nothing here opens a connection."""

import unicodedata
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from email_validator import EmailNotValidError, validate_email

from pbudget.kit.errors import BadInput

LONGEST_SUBJECT = 200
LONGEST_PAUSE = timedelta(hours=1)
SERVER_PAUSE = timedelta(minutes=1)
"""How long everything waits when the mail server cannot be used."""
SENDING_AT_MOST = timedelta(minutes=10)
"""After this a message found half sent was left by a worker that is gone."""
DOTS_MEAN_NOTHING = frozenset({"gmail.com"})
SAME_DOMAIN = {"googlemail.com": "gmail.com"}
WIRE = SMTP.clone(cte_type="7bit", max_line_length=76)
"""Seven bits and short lines, which every mail server takes."""


class AddressNotUsable(BadInput):
    """No e-mail can go to this address; the message says what is wrong with it."""


class MailNotUsable(BadInput):
    """A subject or text that cannot be an e-mail; the message says why."""


def usable_address(address: str) -> str:
    """The address as mail servers want it, in ASCII, lower-case domain. Raises AddressNotUsable.

    `Ann@BÜCHER.example` -> `Ann@xn--bcher-kva.example`. Whether anybody reads it there is not asked.
    """
    try:
        checked = validate_email(address, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise AddressNotUsable("This is not an e-mail address such as name@example.org.") from error
    return checked.ascii_email or checked.normalized


def mailbox_of(address: str) -> str:
    """Whose mailbox an address is, in one spelling for all that reach it. Raises AddressNotUsable.

    `Ann+vote@Example.ORG` -> `ann@example.org`: what follows a plus is the same mailbox with the large providers.
    `a.n.n@googlemail.com` -> `ann@gmail.com`: dots mean nothing there, and only there.
    """
    local, _, domain = usable_address(address.strip()).lower().rpartition("@")
    domain = SAME_DOMAIN.get(domain, domain)
    mailbox = local.partition("+")[0]
    if domain in DOTS_MEAN_NOTHING:
        mailbox = mailbox.replace(".", "")
    if not mailbox:
        raise AddressNotUsable("This is not an e-mail address such as name@example.org.")
    return f"{mailbox}@{domain}"


def usable_subject(subject: str) -> str:
    """The subject, one line of at most 200 characters. Raises MailNotUsable: a line break could smuggle in a header."""
    if not subject.strip() or len(subject) > LONGEST_SUBJECT:
        raise MailNotUsable(f"The subject of an e-mail has between 1 and {LONGEST_SUBJECT} characters.")
    if any(unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp", "Cs") for character in subject):
        raise MailNotUsable("The subject of an e-mail is one line of plain text.")
    return subject


def usable_text(text: str) -> str:
    """The text, with plain line ends. Raises MailNotUsable for what cannot be plain text."""
    plain = "\n".join(text.splitlines()) + "\n"
    if any(unicodedata.category(character) in ("Cc", "Cs") and character not in "\n\t" for character in plain):
        raise MailNotUsable("The text of an e-mail holds a character that is not text.")
    return plain


def message_bytes(sender: str, to: str, subject: str, text: str, message_id: str, created: datetime) -> bytes:
    """The e-mail as it goes over the line: ASCII, short lines, the same bytes however often it is tried."""
    mail = EmailMessage(policy=WIRE)
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Date"], mail["Message-ID"] = format_datetime(created), message_id
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text, cte="quoted-printable")
    return mail.as_bytes()


def domain_of(sender: str) -> str:
    """The domain of a sender such as `Test council <votes@test.example>`: `test.example`."""
    return parseaddr(sender)[1].rpartition("@")[2]


def pause_after(attempts: int) -> timedelta:
    """How long a message waits after its first, second, … failed try: 1, 2, 4, … minutes, at most an hour."""
    return min(timedelta(minutes=1 << min(attempts - 1, 10)), LONGEST_PAUSE)
