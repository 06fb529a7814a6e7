"""What people read around the questions: the same pages after a vote and after a budget, in the words of each."""

from typing import NamedTuple


class AskingWords(NamedTuple):
    """The words of one kind of consultation. `sent` is what was sent, `until` when answers and key are destroyed."""

    sent: str
    stands: str
    until: str
    over: str
    gone: str


VOTE = AskingWords(
    sent="vote",
    stands="Your vote is recorded, whatever you answer here or leave out.",
    until="when the result is certified",
    over="If you voted, your vote is recorded and counts. Answers about you can be given, changed and taken back until "
    "the report on who took part is made. That time is over.",
    gone="The answers are destroyed, and so is the key that opens them, once the result is certified.",
)
BUDGET = AskingWords(
    sent="budget",
    stands="Your budget is sent, whatever you answer here or leave out.",
    until="as soon as the budget has closed and we know who took part",
    over="If you sent your budget, it counts. Answers about you can be given, changed and taken back until the budget "
    "closes. That time is over, or this budget does not ask.",
    gone="The answers are destroyed, and so is the key that opens them, once the figures on who took part are made.",
)
