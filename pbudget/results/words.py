"""A result in plain sentences. Pure: figures in, sentences out; amounts arrive as they are read (`£52,334`).

headline("Riverside", 6, 14, "£98,400", "£100,000")
-> "Riverside funded 6 of 14 projects with £98,400 of £100,000."
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, Protocol

from pbudget.kit.texts import listed
from pbudget.rounds.rules.desk_numbers import desk_sentences
from pbudget.tally.rules.rule import EQUAL_SHARES, PHRAGMEN, Rule

BALLOT_TYPES = {
    "approval": "ticked the projects they wanted",
    "knapsack": "filled a basket of projects that fits the pot",
    "ranked": "put projects in order",
    "points": "shared out points among projects",
}


class Funding(Protocol):
    """A project and whether this count funded it."""

    @property
    def reference(self) -> str: ...  # noqa: D102 - the words say it
    @property
    def title(self) -> str: ...  # noqa: D102
    @property
    def funded(self) -> bool: ...  # noqa: D102


class Totals(Protocol):
    """The totals of one contest."""

    @property
    def funded(self) -> int: ...  # noqa: D102
    @property
    def projects(self) -> int: ...  # noqa: D102
    @property
    def ballots(self) -> int: ...  # noqa: D102
    @property
    def ward_id(self) -> int | None: ...  # noqa: D102


def plural(number: int, noun: str) -> str:
    """`1 project`, `1,200 projects`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def headline(name: str, funded: int, projects: int, spent: str, pot: str) -> str:
    """The answer in one line."""
    if projects == 0:
        return f"{name} had no projects to vote on."
    if funded == 0:
        return f"{name} funded none of its {plural(projects, 'project')}. The pot was {pot}."
    return f"{name} funded {funded:,} of {plural(projects, 'project')} with {spent} of {pot}."


def contest_words(contests: Sequence[Totals], *, held_here: bool = False) -> str:
    """A round in one line: `7 of 27 projects funded in 2 contests, 3,522 ballots`.

    In a round that was `held_here` everybody fills in one ballot for their ward and for the whole area together, so
    nobody is counted twice; elections from elsewhere have a ballot for each contest.
    """
    funded, projects = (sum(getattr(each, name) for each in contests) for name in ("funded", "projects"))
    ballots = _voters(contests) if held_here else sum(each.ballots for each in contests)
    where = f" in {len(contests):,} contests" if len(contests) > 1 else ""
    return f"{funded:,} of {plural(projects, 'project')} funded{where}, {plural(ballots, 'ballot')}"


def _voters(contests: Sequence[Totals]) -> int:
    """How many filled in a ballot: those of all wards together, or of the whole area, whichever is more."""
    of_wards = sum(each.ballots for each in contests if each.ward_id is not None)
    return max([of_wards, *(each.ballots for each in contests if each.ward_id is None)])


def bar_words(funded: int, spent: str, remaining: int, left: str) -> str:
    """The money bar in words."""
    if funded == 0:
        return f"Nothing was spent. {left} was left."
    what = f"{spent} went to {plural(funded, 'project')}"
    return f"{what}, and {left} was left." if remaining else f"{what}. Nothing was left."


def ballot_sentences(ballots: int, blank: int, sizes: Mapping[int, int], ballot_type: str) -> list[str]:
    """How many voted and what a ballot looked like."""
    if ballots == 0:
        return ["Nobody voted."]
    sentences = [
        f"{plural(ballots, 'ballot')} {'was' if ballots == 1 else 'were'} counted. Voters {BALLOT_TYPES[ballot_type]}."
    ]
    if blank:
        sentences.append(f"{blank:,} of them named no project. A blank ballot counts as taking part.")
    named = sum(size * count for size, count in sizes.items())
    average = Fraction(named, ballots)
    most = max(sorted(sizes), key=lambda size: sizes[size])
    if len(sizes) > 1:
        sentences.append(
            f"A ballot named {_one_decimal(average)} projects on average. "
            f"Most often it named {most}, on {sizes[most]:,} ballots."
        )
    else:
        sentences.append(f"Every ballot named {plural(most, 'project')}.")
    return sentences


def _one_decimal(number: Fraction) -> str:
    """To one decimal, half up: `2.4`, `3`."""
    tenths = int(number * 10 + Fraction(1, 2))
    return f"{tenths // 10}.{tenths % 10}" if tenths % 10 else f"{tenths // 10}"


def counting_sentences(
    rule: Rule, ballots: int, projects: int, pot: str, share: str, story: Mapping[str, Any]
) -> list[str]:
    """How it was counted, with this contest's figures. `share` is the pot divided by the ballots."""
    sentences = [rule.description()]
    if rule.name == EQUAL_SHARES and ballots:
        sentences.append(f"Here {plural(ballots, 'voter')} shared {pot}, about {share} each.")
    elif rule.name == PHRAGMEN:
        sentences.append(f"Here {plural(ballots, 'voter')} saved towards {plural(projects, 'project')}.")
    else:
        sentences.append(
            f"Here {plural(projects, 'project')} stood for {pot}, and {plural(ballots, 'ballot')} decided."
        )
    if story["add1_runs"]:
        raised = Fraction(story["add1_raised"]) * 100
        sentences.append(
            f"The shares were raised in steps {story['add1_runs']} times; the outcome kept is the one with shares "
            f"{_one_decimal(raised)} % higher."
        )
    if story["completed"]:
        sentences.append(f"Money left over went to {plural(len(story['completed']), 'project')} by votes.")
    return sentences


def tie_sentences(ties: Sequence[Mapping[str, Any]]) -> list[str]:
    """The ties that decided money: the first three in words, and how many more there were."""
    sentences = [tie_sentence(**tie) for tie in ties[:3]]
    more = len(ties) - len(sentences)
    return (
        [*sentences, f"{plural(more, 'more tie')} decided money; the JSON download lists them."] if more else sentences
    )


def tie_sentence(won: Sequence[str], lost: Sequence[str], decided_by: str) -> str:
    """A tie that decided money."""
    how = {"id": "the project whose reference comes first is taken first"}
    how |= {"cheaper": "the cheaper project is taken first", "drawn": "lots are drawn in public"}
    rule = how.get(decided_by.partition(":")[0], "a lot whose words were public before voting opened decides")
    verb = "was" if len(lost) == 1 else "were"
    return (
        f"{_few([*won, *lost])} were level. The rule for ties, set beforehand, says that {rule}, "
        f"so {_few(won)} came first and {_few(lost)} {verb} not funded."
    )


def difference_words(gained: int, lost: int) -> str:
    """How far another rule is from the result: `2 more projects`, `3 others instead of 2`."""
    if gained and lost:
        return f"{gained:,} other{'' if gained == 1 else 's'} instead of {lost:,}"
    if gained or lost:
        return f"{plural(gained or lost, 'project')} {'more' if gained else 'fewer'}"
    return "The same projects"


def method_name(rule: Rule) -> str:
    """The rule's method and options, without the terms every rule of a contest shares: ties and minimum score."""
    return rule.label().partition(";")[0]


def size_rows(sizes: Mapping[int, int], ballots: int) -> list[tuple[str, int, float]]:
    """Projects named, ballots, share of ballots (0 to 1): at most twelve rows, the last one gathers the rest."""
    last = sorted(sizes)[:11][-1] + 1 if len(sizes) > 12 else None
    rows = [(str(size), sizes[size]) for size in sorted(sizes) if last is None or size < last]
    if last is not None:
        rows.append((f"{last} or more", sum(count for size, count in sizes.items() if size >= last)))
    return [(label, count, count / ballots) for label, count in rows]


def record_sentence(lines: Iterable[Funding], stated: Collection[str]) -> str:
    """Whether the organiser's own record (references marked as funded) names the winners of this count."""
    differing = [line for line in lines if line.funded != (line.reference in stated)]
    if not differing:
        return "The organiser’s own record names the same winners."
    only_there = [line.title for line in differing if not line.funded]
    only_here = [line.title for line in differing if line.funded]
    parts = []
    if only_there:
        parts.append(f"marks {_few(only_there)} as funded, which this count did not fund")
    if only_here:
        parts.append(f"does not mark {_few(only_here)}, which this count funded")
    return (
        f"The organiser’s own record differs: it {' and '.join(parts)}. "
        "Organisers sometimes add money, or use steps that are not in the file."
    )


def _few(titles: Sequence[str]) -> str:
    """The first three in quotes, and how many more."""
    quoted = [f"“{title if len(title) <= 80 else title[:79] + '…'}”" for title in titles[:3]]
    return listed([*quoted, *([f"{len(titles) - 3:,} more"] if len(titles) > 3 else [])])


FEWEST_SAID = 10
CHANNELS = {"online": "Online", "kiosk": "Kiosk", "roadshow": "Road show", "paper": "Paper"}
TIES = {
    "id": "the project whose reference comes first is taken first.",
    "cheaper": "the cheaper project is taken first.",
    "drawn": "lots are drawn in public if a tie decides money. None did.",
}


def turnout_sentence(ballots: int, roll: int | None, share: str) -> str:
    """How many of those who could vote did: `A ballot was cast for 812 of 9,100 places on the roll: …`"""
    if roll is None:
        return (
            f"{plural(ballots, 'ballot')} {'was' if ballots == 1 else 'were'} cast. There was no roll, so no turnout."
        )
    return f"A ballot was cast for {ballots:,} of {plural(roll, 'place')} on the roll: a turnout of {share}."


def channel_sentences(cells: Sequence[tuple[str, int | None]]) -> list[str]:
    """How ballots were cast, small numbers left out: `… Online 812 and Paper 96.`; nothing where nothing is given."""
    given = [f"{CHANNELS.get(name, name)} {count:,}" for name, count in cells if count is not None]
    hidden = [CHANNELS.get(name, name) for name, count in cells if count is None]
    few = [f"{listed(hidden)}: numbers below 10, or that would give one away, are not given."] * bool(hidden)
    return [f"Ballots that count, by the way they were cast: {listed(given)}.", *few] if given else []


def replaced_sentences(facts: Mapping[str, Any]) -> list[str]:
    """Ballots replaced and what was done to the roll and its codes, as the declaration and the result state them."""
    replaced = facts["replacing"]
    cast = f"{plural(facts['cast'], 'ballot')} {'was' if facts['cast'] == 1 else 'were'} cast. "
    earlier = f"{replaced:,} of them replaced an earlier one" if replaced else "None replaced an earlier one"
    sentences = [f"{cast}{earlier}, so {facts['counted']:,} {'was' if facts['counted'] == 1 else 'were'} counted."]
    if facts.get("helped"):
        sentences.append(
            f"{_few_or_number(facts['helped'])} of these were cast with somebody’s help, as the voters said."
        )
    if facts["assurance"] == "open":
        return sentences
    none = [] if facts["reissued"] else ["No voting code was given in place of an earlier one."]
    return [*sentences, *none, *desk_sentences(facts)]


def _few_or_number(number: int) -> str:
    """A number from 10 on; below it might be known who it was."""
    return f"{number:,}" if number >= FEWEST_SAID else f"Fewer than {FEWEST_SAID}"


def lot_sentence(ties: str) -> str:
    """How ties were to be decided, as it was fixed before opening; for a lot with its seed, so anyone can draw it."""
    if ties in TIES:
        return f"Ties: {TIES[ties]}"
    if ties.startswith("drawn:"):
        order = ties.removeprefix("drawn:").replace(",", ", ")
        return f"Ties: lots were drawn in public, and the project drawn first is taken first. Order drawn: {order}."
    return (
        "Ties: decided by a lot whose words were public before voting opened. They are "
        f"“{ties.removeprefix('lot:')}”: each project’s lot is the SHA-256 of these words, a zero byte and the "
        "project’s reference, and the smallest comes first."
    )
