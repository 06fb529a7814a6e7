"""What an officer can choose, in plain words with what follows from it. The rules' own words are the tally's."""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from pbudget.tally.rules.rule import EQUAL_SHARES, GREEDY, GREEDY_VALUE, PHRAGMEN, Rule


class Choice(NamedTuple):
    """One choice: its value, its name, what follows from it, and how it works in full where that is long."""

    value: str
    title: str
    hint: str
    in_full: str = ""


BALLOT_CHOICES = (
    Choice("approval", "Choose projects", "As many as they like, or up to a number. The easiest to understand."),
    Choice("knapsack", "Choose projects within the money", "Their choices may cost no more than the pot."),
    Choice("ranked", "Put projects in order", "First choice, second choice and so on. It takes longer."),
    Choice("points", "Give points to projects", "Residents share out points. It shows how strongly they feel."),
)
ASSURANCE_CHOICES = (
    Choice(
        "code", "A code from a letter", "Each person or address on the roll gets a letter. Use this for real money."
    ),
    Choice("roll", "Staff find them on the roll", "At a hub or road show, a member of staff looks them up."),
    Choice(
        "open",
        "They say so themselves",
        "No roll and no letters. The result is marked: identity assurance low.",
    ),
)
CHANNEL_CHOICES = (
    Choice("online", "Online", "At home or on a phone"),
    Choice("kiosk", "Kiosk", "At a screen in a community hub"),
    Choice("roadshow", "Road show", "With a member of staff and a tablet"),
    Choice("paper", "Paper", "Forms that two members of staff key in"),
)
RULES: Mapping[str, Rule] = {
    "greedy": Rule(GREEDY),
    "greedy-stop": Rule(GREEDY, unaffordable="stop"),
    "greedy-value": Rule(GREEDY_VALUE),
    "equal-shares": Rule(EQUAL_SHARES, completion="greedy"),
    "equal-shares-add1": Rule(EQUAL_SHARES, completion="add1"),
    "equal-shares-number": Rule(EQUAL_SHARES, "cardinality", "greedy"),
    "equal-shares-points": Rule(EQUAL_SHARES, "score", "greedy"),
    "phragmen": Rule(PHRAGMEN),
}
RULE_TITLES: Mapping[str, str] = {
    "greedy": "Most votes first, passing over what does not fit",
    "greedy-stop": "Most votes first, stopping at what does not fit",
    "greedy-value": "Most votes for the money first",
    "equal-shares": "Equal Shares",
    "equal-shares-add1": "Equal Shares, with shares raised until the pot is used",
    "equal-shares-number": "Equal Shares, every project worth the same",
    "equal-shares-points": "Equal Shares, by points",
    "phragmen": "Phragmén",
}
CONSEQUENCES: Mapping[str, str] = {
    "greedy": "A majority can decide on all the money. Easy to explain.",
    "greedy-stop": "Money can be left although cheaper projects would fit.",
    "greedy-value": "Small projects come first.",
    "equal-shares": "A group of a fifth of the voters decides on about a fifth of the money.",
    "equal-shares-add1": "As Equal Shares, and less money is left.",
    "equal-shares-number": "As Equal Shares, and cheap projects come first.",
    "equal-shares-points": "As Equal Shares, and how strongly people feel counts.",
    "phragmen": "Groups get a share that fits their size, in the order their savings allow.",
}


def rules_for(ballot_types: frozenset[str]) -> tuple[Choice, ...]:
    """The rules that can count every one of these kinds of ballot; none while there is no pot."""
    if not ballot_types:
        return ()
    approves = ballot_types <= {"approval", "knapsack"}
    scores = ballot_types <= {"ranked", "points"}
    names = [name for name in RULES if (name != "phragmen" or approves) and (name != "equal-shares-points" or scores)]
    return tuple(Choice(name, RULE_TITLES[name], CONSEQUENCES[name], _in_full(name)) for name in names)


def _in_full(name: str) -> str:
    """How the rule counts; ties are chosen apart."""
    return RULES[name].description().partition(" If projects tie")[0]


def chosen_rule(name: str, ties: str, lot: str, minimum: int) -> Rule:
    """The rule as it was chosen, with its ties and minimum support."""
    return replace(RULES[name], ties=f"lot:{lot.strip()}" if ties == "lot" else ties, minimum_score=minimum)


def name_of_rule(rule: Rule) -> str:
    """Which choice a rule is, ties and minimum aside; empty when it is none of them."""
    plain = replace(rule, ties="id", minimum_score=0)
    return next((name for name, each in RULES.items() if each == plain), "")


def ties_of_rule(rule: Rule) -> tuple[str, str]:
    """The choice for ties, and the words of a lot."""
    return ("lot", rule.ties.removeprefix("lot:")) if rule.ties.startswith("lot:") else (rule.ties, "")
