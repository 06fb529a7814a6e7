"""The one reminder of a round: when it goes out and what it says. Pure.

voting closes at 5pm on Sunday 14 March 2027, reminder 3 days before  ->  due from 5pm on Thursday 11 March
It goes to everybody on the roll who has an e-mail address: to leave out those who have voted, somebody would have to
read who voted, and nobody ever does.
"""

from datetime import datetime, timedelta

from pbudget.kit.clock import say_moment

TOO_LATE = timedelta(hours=1)
"""In the last hour no reminder is begun: it would reach people after the close."""
HOW_TO_VOTE = {
    "code": "You vote with the code in the letter we sent you. We never send a code by e-mail and never ask for yours.",
    "roll": "You vote with the help of our staff. The page above says how.",
}
SUBJECT = "Voting in {name} ends soon"
TEXT = """There is still time to vote in {name}. Voting ends at {until}.

{address}

{how}

If you have voted already, you do not have to do anything. This goes to everybody on our list, because we do not look up who has voted.

To get no more reminders, open this and press the button:
{stop}

{council}
"""  # noqa: E501 - a paragraph of an e-mail is one line; the mail program folds it


def is_due(opens_at: datetime, closes_at: datetime, days: int | None, now: datetime) -> bool:
    """Whether the reminder is to go out at this moment. All in UTC."""
    if not days:
        return False
    return max(opens_at, closes_at - timedelta(days=days)) <= now < closes_at - TOO_LATE


def subject_of_reminder(round_name: str) -> str:
    """The subject; a very long name is cut."""
    return SUBJECT.format(name=round_name if len(round_name) <= 120 else f"{round_name[:119]}…")


def text_of_reminder(name: str, until: datetime, assurance: str, address: str, stop: str, council: str) -> str:
    """The e-mail. It holds no code, and nothing that depends on whether its reader has voted."""
    how = HOW_TO_VOTE.get(assurance, "")
    return TEXT.format(name=name, until=say_moment(until), address=address, how=how, stop=stop, council=council)
