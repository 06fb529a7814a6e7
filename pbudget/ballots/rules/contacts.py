"""Links to e-mail addresses: how long they last, how many may be asked for, what the e-mail says. Pure.

A contact point is the mailbox behind an address, however it is spelt (outbox/rules.py: mailbox_of). The mail goes to
the address as it was typed.
"""

from datetime import datetime, timedelta

from pbudget.kit.clock import say_moment
from pbudget.roll.rules.limits import Limit

LINK_LASTS = timedelta(hours=2)
"""How long a link can be used, and how long its e-mail is tried: a link that arrives is a link that works."""
FORGET_AFTER = timedelta(hours=12)
"""How long after that it is still known which links are over, so that the page can say why one does not work."""

PER_ADDRESS = Limit(5, 60 * 60)
"""E-mails to one address: nobody's mailbox is filled by somebody else. The last one sent goes on working."""
PER_NETWORK = Limit(60, 60 * 60)
"""Links asked for from one network (a /24 or a /56): a mobile network or a library may have many residents on it."""
PER_NETWORK_UNDER_ATTACK = Limit(10, 60 * 60)
EVERYWHERE = Limit(1_000, 60 * 60)
"""More than this from all networks together is taken for a machine at work, and each network gets less."""

SUBJECT = "Your link to vote in {name}"
TEXT = """Somebody asked to vote in {name} with this e-mail address. If it was you, open this link to start:

{address}#{code}

Or go to {address} on any phone or computer and enter this code: {code}

It works once, until {until}. If you ask for another link, only the newest one works.

If it was not you, do nothing. Nobody can vote with your address unless they can read your e-mail. We delete your address within 24 hours.

{council}
"""  # noqa: E501 - a paragraph of an e-mail is one line; the mail program folds it


def subject_of_link(round_name: str) -> str:
    """The subject of the e-mail; a very long name is cut."""
    return SUBJECT.format(name=round_name if len(round_name) <= 120 else f"{round_name[:119]}…")


def text_of_link(round_name: str, address: str, code: str, until: datetime, council: str) -> str:
    """The e-mail: the link, the same code to type, how long it works, and what to do if it was somebody else."""
    return TEXT.format(name=round_name, address=address, code=code, until=say_moment(until), council=council)
