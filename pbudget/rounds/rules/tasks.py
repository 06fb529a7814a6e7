"""The round as a list of tasks: what is done, what is begun, what is missing before it can open.

tasks_of(nothing filled in)[0]   ->  Task("name", …, status="not-started", missing=("Give the round a name.", …))
A round may be opened when every task is `done`. Source: spec/service.md, flow E.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from pbudget.balance.clusters import FEWEST_WARDS
from pbudget.rounds.rules.extension import allowance_problem
from pbudget.tally.rules.rule import EQUAL_SHARES, PHRAGMEN, Rule

NOT_STARTED, IN_PROGRESS, DONE = "not-started", "in-progress", "done"
FEWEST_WITNESSES = 3
FEWEST_PROPOSALS = 2
OFFICERS_WITH_KEYS = 2
DOCUMENTS = {"privacy": "privacy notice", "accessibility": "accessibility statement", "dpia": "DPIA reference"}


@dataclass(frozen=True)
class PotFacts:
    """What the list needs to know of a pot; money in the smallest unit of the currency."""

    name: str
    ward_id: int | None
    amount: int
    ballot_type: str
    most_points: int | None
    rule: Rule
    proposals: int
    affordable: int
    """How many of its proposals cost no more than the whole pot."""
    cluster: str = ""
    """The name under which its ward is looked at together with others."""


NO_MAIL = (
    "No mail server is set, so no e-mail would reach anybody. Ask whoever runs this service to set PBUDGET_SMTP_URL."
)


@dataclass(frozen=True)
class Preparation:
    """A round being set up. `saved` are the names of the tasks whose page an officer has saved."""

    now: datetime
    name: str = ""
    place: str = ""
    saved: frozenset[str] = frozenset()
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    pots: Sequence[PotFacts] = ()
    unawarded: str = ""
    assurance: str = "code"
    by_email: bool = False
    """Residents begin with a link to their e-mail address."""
    can_send_mail: bool = True
    reminder_days: int | None = None
    extension_days: int | None = None
    channels: Sequence[str] = ()
    roll: Mapping[int, int] = field(default_factory=dict)
    """Entries of the roll by ward id."""
    codes: int = 0
    """Codes that can be voted with."""
    witnesses: int = 0
    annul_rule: str = ""
    publish_reason: str = ""
    documents: Mapping[str, str] = field(default_factory=dict)
    test: str = ""
    """`passed`, `failed`, `stale` (something changed since) or empty (never run)."""
    keys_made: bool = False
    escrow: int = 0
    """How many officers have downloaded a locked copy of the keys."""


class Task(NamedTuple):
    """One line of the list: which page it is, how far it is, what is missing in sentences."""

    name: str
    title: str
    status: str
    missing: tuple[str, ...]


class Section(NamedTuple):
    """A heading with its tasks."""

    title: str
    tasks: tuple[Task, ...]


def sections_of(round_: Preparation) -> tuple[Section, ...]:
    """The whole list, in the order an officer works through it."""
    return tuple(
        Section(title, tuple(_task(name, *TASKS[name], round_) for name in names)) for title, names in SECTIONS.items()
    )


def missing_to_open(round_: Preparation) -> tuple[Task, ...]:
    """The tasks that keep the round from opening; empty when it can be opened."""
    return tuple(task for section in sections_of(round_) for task in section.tasks if task.status != DONE)


def _task(name: str, title: str, missing: Callable[[Preparation], list[str]], round_: Preparation) -> Task:
    lacks = tuple(missing(round_))
    begun = name in round_.saved or BEGUN.get(name, _not_begun)(round_)
    return Task(name, title, DONE if not lacks else IN_PROGRESS if begun else NOT_STARTED, lacks)


def _not_begun(_: Preparation) -> bool:
    return False


def _unsaved(round_: Preparation, name: str) -> list[str]:
    """Choices that are filled in already still need an officer to look at them and save the page."""
    return [] if name in round_.saved else ["Look at the choices and save them."]


def _name(round_: Preparation) -> list[str]:
    lacks = {"Give the round a name.": not round_.name, "Say which place it is for.": not round_.place}
    return [says for says, is_missing in lacks.items() if is_missing]


def _dates(round_: Preparation) -> list[str]:
    if not round_.opens_at or not round_.closes_at:
        return ["Say when voting opens and closes."]
    if round_.closes_at <= round_.now:
        return ["Voting would close in the past. Choose a later time."]
    if round_.reminder_days and round_.closes_at - timedelta(days=round_.reminder_days) < round_.opens_at:
        return ["The reminder would go out before voting opens. Send it fewer days before the close, or none."]
    if problem := allowance_problem(round_.closes_at, round_.extension_days):
        return [f"{problem}."]
    return [NO_MAIL] if round_.reminder_days and not round_.can_send_mail else []


def _pots(round_: Preparation) -> list[str]:
    if not round_.pots:
        return ["Add a pot: how much a ward, or the whole area, has to spend."]
    joined = Counter(pot.cluster for pot in round_.pots if pot.cluster)
    alone = [name for name, wards in joined.items() if wards < FEWEST_WARDS]
    lacks = [f"{pot.name} has no money in it." for pot in round_.pots if pot.amount == 0]
    return lacks + [f"Only one ward is left in “{name}”. Join another ward to it, or undo it." for name in alone]


def _ballot(round_: Preparation) -> list[str]:
    lacks = _unsaved(round_, "ballot") if round_.pots else ["Add a pot first."]
    unsaid = [pot.name for pot in round_.pots if pot.ballot_type == "points" and not pot.most_points]
    return lacks + [f"Say how many points a resident can give in {name}." for name in unsaid]


def _rule(round_: Preparation) -> list[str]:
    lacks = _unsaved(round_, "rule") if round_.pots else ["Add a pot first."]
    lacks += [problem for pot in round_.pots if (problem := rule_problem(pot.name, pot.ballot_type, pot.rule))]
    return lacks + ([] if round_.unawarded else ["Say what happens to money that no project gets."])


def rule_problem(pot_name: str, ballot_type: str, rule: Rule) -> str:
    """Why these ballots cannot be counted by this rule; empty when they can."""
    approves = ballot_type in ("approval", "knapsack")
    if rule.name == PHRAGMEN and not approves:
        return f"{pot_name}: Phragmén’s rule needs ballots that choose projects, not ranks or points."
    if rule.name == EQUAL_SHARES and rule.utility == "score" and approves:
        return f"{pot_name}: ballots that choose projects give no points, so Equal Shares cannot go by points."
    return ""


def _proposals(round_: Preparation) -> list[str]:
    if not round_.pots:
        return ["Add a pot first."]
    few = [pot for pot in round_.pots if pot.proposals < FEWEST_PROPOSALS]
    dear = [pot for pot in round_.pots if pot.proposals >= FEWEST_PROPOSALS and pot.affordable == 0]
    lacks = [f"{pot.name} has {_counted(pot.proposals)}. It needs at least {FEWEST_PROPOSALS}." for pot in few]
    lacks += [f"No proposal in {pot.name} can be paid from its pot." for pot in dear]
    return lacks or ([] if "proposals" in round_.saved else ["Confirm that the costs are checked and final."])


def _counted(proposals: int) -> str:
    return "1 proposal" if proposals == 1 else f"{proposals or 'no'} proposals"


def _voters(round_: Preparation) -> list[str]:
    lacks = _unsaved(round_, "voters") + ([NO_MAIL] if round_.by_email and not round_.can_send_mail else [])
    return lacks if round_.channels else [*lacks, "Choose at least one way to vote."]


def _roll(round_: Preparation) -> list[str]:
    if round_.assurance == "open":
        return []
    if not sum(round_.roll.values()):
        return ["Load the roll: who, or which addresses, can vote."]
    empty = [pot.name for pot in round_.pots if pot.ward_id is not None and not round_.roll.get(pot.ward_id)]
    return [f"Nobody on the roll lives in {name}." for name in empty]


def _codes(round_: Preparation) -> list[str]:
    if round_.assurance != "code":
        return []
    entries = sum(round_.roll.values())
    if not entries:
        return ["Load the roll first."]
    if round_.codes < entries:
        return [f"{round_.codes:,} of {entries:,} on the roll have a voting code. Make the codes and letters."]
    return []


def _questions(round_: Preparation) -> list[str]:
    return _unsaved(round_, "questions")


def _quorum(round_: Preparation) -> list[str]:
    return _unsaved(round_, "quorum")


def _witnesses(round_: Preparation) -> list[str]:
    if round_.witnesses >= FEWEST_WITNESSES:
        return []
    return [f"Name at least {FEWEST_WITNESSES} people outside the project who get the daily fingerprint."]


def _annul(round_: Preparation) -> list[str]:
    return _unsaved(round_, "annul") if round_.annul_rule else ["Say when the vote would be annulled and repeated."]


def _publish(round_: Preparation) -> list[str]:
    lacks = _unsaved(round_, "publish")
    return lacks if round_.publish_reason else [*lacks, "Give the reason for what is published."]


def _documents(round_: Preparation) -> list[str]:
    return [f"Give the {words}." for name, words in DOCUMENTS.items() if not round_.documents.get(name)]


def _test(round_: Preparation) -> list[str]:
    says = {
        "": "Run the test.",
        "failed": "The last test did not come out as expected. Find out why before you go on.",
        "stale": "Pots, proposals or rules changed since the last test. Run it again.",
    }
    return [says[round_.test]] if round_.test in says else []


def _keys(round_: Preparation) -> list[str]:
    if not round_.keys_made:
        return ["Make the keys of this round."]
    left = OFFICERS_WITH_KEYS - round_.escrow
    if left <= 0:
        return []
    return [f"{'Two officers' if left == 2 else 'One more officer'} must download a locked copy of the keys."]


TASKS: Mapping[str, tuple[str, Callable[[Preparation], list[str]]]] = {
    "name": ("Name and place", _name),
    "dates": ("Dates", _dates),
    "pots": ("Wards and pots", _pots),
    "ballot": ("Ballot type and limits", _ballot),
    "rule": ("How votes are counted", _rule),
    "proposals": ("Proposals", _proposals),
    "voters": ("Who can vote, and how", _voters),
    "roll": ("Roll", _roll),
    "codes": ("Voting codes and letters", _codes),
    "questions": ("Questions about voters", _questions),
    "quorum": ("How many must take part", _quorum),
    "witnesses": ("Witnesses", _witnesses),
    "annul": ("Challenge period, annulling and repeating", _annul),
    "publish": ("What is published", _publish),
    "documents": ("Privacy, accessibility and DPIA", _documents),
    "test": ("Logic-and-accuracy test", _test),
    "keys": ("Keys and their locked copies", _keys),
}
SECTIONS: Mapping[str, tuple[str, ...]] = {
    "What residents decide": ("name", "dates", "pots", "ballot", "rule", "proposals"),
    "Who can vote": ("voters", "roll", "codes", "questions", "quorum"),
    "How it can be checked": ("witnesses", "annul", "publish", "documents"),
    "Before it opens": ("test", "keys"),
}
BEGUN: Mapping[str, Callable[[Preparation], bool]] = {
    "name": lambda round_: bool(round_.name),
    "dates": lambda round_: bool(round_.opens_at),
    "pots": lambda round_: bool(round_.pots),
    "proposals": lambda round_: any(pot.proposals for pot in round_.pots),
    "roll": lambda round_: bool(sum(round_.roll.values())),
    "codes": lambda round_: round_.codes > 0,
    "witnesses": lambda round_: round_.witnesses > 0,
    "documents": lambda round_: any(round_.documents.values()),
    "test": lambda round_: bool(round_.test),
    "keys": lambda round_: round_.keys_made,
}
