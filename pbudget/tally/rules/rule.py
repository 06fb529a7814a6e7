"""What a round is counted by, chosen before it opens: the rule, its options, ties and minimum support."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from pbudget.kit.errors import BadInput
from pbudget.tally.election import Election, Number
from pbudget.tally.rules.figures import number_text
from pbudget.tally.rules.ties import DRAWN, LOT, check_tie_rule

GREEDY, GREEDY_VALUE, EQUAL_SHARES, PHRAGMEN = "greedy", "greedy-value", "equal-shares", "phragmen"
NAMES = (GREEDY, GREEDY_VALUE, EQUAL_SHARES, PHRAGMEN)
UTILITIES = ("cost", "cardinality", "score")
COMPLETIONS = ("none", "greedy", "add1")
UNAFFORDABLE = ("skip", "stop")
ADD1_STEP = Fraction(1, 100)
ADD1_RUNS = 400

TITLES = {
    GREEDY: "Greedy by votes",
    GREEDY_VALUE: "Greedy by value",
    EQUAL_SHARES: "Method of Equal Shares",
    PHRAGMEN: "Sequential Phragmén",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with its options. Options that do not belong to the rule are kept and have no effect.

    `minimum_score` leaves out every project below it. `step` (a share of the pot) and `runs` belong to `add1`.
    Raises `BadInput` for a name or an option that does not exist.
    """

    name: str = GREEDY
    utility: str = "cost"
    completion: str = "none"
    unaffordable: str = "skip"
    ties: str = "id"
    minimum_score: Number = 0
    step: Fraction = field(default=ADD1_STEP)
    runs: int = ADD1_RUNS

    def __post_init__(self) -> None:
        _one_of("rule", self.name, NAMES)
        _one_of("utility", self.utility, UTILITIES)
        _one_of("completion", self.completion, COMPLETIONS)
        _one_of("answer to a project that does not fit", self.unaffordable, UNAFFORDABLE)
        check_tie_rule(self.ties)
        if self.step <= 0 or self.runs < 1:
            raise BadInput("The step of add1 must be above zero, and it needs at least one run.")

    @property
    def greedy_like(self) -> bool:
        """Whether projects are taken one after the other by a fixed order."""
        return self.name in (GREEDY, GREEDY_VALUE)

    def label(self) -> str:
        """Name the rule in one short line: "Method of Equal Shares, worth by cost; ties: by reference"."""
        options = {GREEDY: _fit_label(self), GREEDY_VALUE: _fit_label(self), PHRAGMEN: ""}
        label = TITLES[self.name] + options.get(self.name, f", {UTILITY_LABELS[self.utility]}{_completion_label(self)}")
        minimum = f"; at least {number_text(self.minimum_score)} needed" if self.minimum_score else ""
        return f"{label}{minimum}; ties: {_tie_label(self.ties)}"

    def description(self) -> str:
        """Explain the rule to a resident, in plain sentences without figures of a particular round."""
        sentences = [DESCRIPTIONS[self.name]]
        if self.greedy_like:
            sentences.append(FIT_DESCRIPTIONS[self.unaffordable])
        if self.name == EQUAL_SHARES:
            sentences += [UTILITY_DESCRIPTIONS[self.utility], COMPLETION_DESCRIPTIONS[self.completion]]
        if self.minimum_score:
            sentences.append(f"A project needs a score of at least {number_text(self.minimum_score)}.")
        sentences += [f"If projects tie, {_tie_sentence(self.ties)}.", "A project that nobody supports is not funded."]
        return " ".join(sentences)


DESCRIPTIONS = {
    GREEDY: "The project with the highest score is funded first, then the next, for as long as there is money.",
    GREEDY_VALUE: "Each project's score is divided by its cost. The project that gives most for its money is funded "
    "first, then the next, for as long as there is money.",
    EQUAL_SHARES: "Everyone who voted gets an equal share of the pot, and can spend it only on projects they voted "
    "for. The supporters of a project pay for it together, as equally as they can. Again and again, the project that "
    "gives its supporters most for what each of them pays is funded, until no project can be paid by its supporters.",
    PHRAGMEN: "Everyone who voted is given money little by little, all at the same speed. As soon as the supporters "
    "of a project have saved its cost together, it is funded and their savings are spent. The count stops when the "
    "next project would not fit the pot.",
}
FIT_DESCRIPTIONS = {
    "skip": "A project that does not fit what is left is passed over, and the count goes on.",
    "stop": "The count stops at the first project that does not fit what is left.",
}
UTILITY_DESCRIPTIONS = {
    "cost": "A project is worth its cost to each supporter, so large and small projects have the same chance.",
    "cardinality": "Every project is worth the same to each supporter, so cheap projects come first.",
    "score": "A project is worth to each supporter the points their ballot gives it.",
}
UTILITY_LABELS = {"cost": "worth by cost", "cardinality": "every project worth the same", "score": "worth by points"}
COMPLETION_DESCRIPTIONS = {
    "none": "Money that is left is not awarded.",
    "greedy": "Money that is left goes to the projects with the most votes that still fit.",
    "add1": "The shares are then raised step by step, and the last outcome that fits the pot counts; money that is "
    "still left goes to the projects with the most votes that fit.",
}


def rules_that_apply(election: Election) -> tuple[Rule, ...]:
    """List the rules this election's ballots can be counted by, the way a page compares them, all ties by id.

    Phragmén needs approval ballots; `score` utilities need points or ranks.
    """
    rules = [Rule(GREEDY), Rule(GREEDY, unaffordable="stop"), Rule(GREEDY_VALUE)]
    rules += [Rule(EQUAL_SHARES, completion="greedy"), Rule(EQUAL_SHARES, "cardinality", "greedy")]
    if election.ballot_type == "approval":
        return (*rules, Rule(PHRAGMEN))
    return (*rules, Rule(EQUAL_SHARES, "score", "greedy"))


def refuse_what_does_not_apply(election: Election, rule: Rule) -> None:
    """Raise `BadInput` when these ballots cannot be counted by this rule."""
    if rule.name == PHRAGMEN and election.ballot_type != "approval":
        raise BadInput(
            f"{election.name or 'This election'} has {election.ballot_type} ballots, and Phragmén's rule "
            "needs approval ballots. Choose greedy, greedy-value or equal-shares."
        )
    if rule.name == EQUAL_SHARES and rule.utility == "score" and election.ballot_type == "approval":
        raise BadInput(
            f"{election.name or 'This election'} has approval ballots, which give no points. "
            "Choose cost or cardinality utilities."
        )


def rule_in_file(meta: Mapping[str, str], ties: str = "id") -> Rule:
    """Read the rule and the minimum score a Pabulib file states in META: what `--as-file` and replays count by.

    `greedy-no-skip` stops at the first project that does not fit; `equalshares` and `equalshares/add1` are Equal
    Shares with cost utilities; anything else (`greedy`, `greedy-threshold`, `unknown`, ...) is greedy and skips.
    """
    stated = meta.get("rule", "").strip().lower()
    rule = Rule(GREEDY, unaffordable="stop" if stated == "greedy-no-skip" else "skip", ties=ties)
    if stated.partition("/")[0] in ("equalshares", "equal-shares"):
        completion = stated.partition("/")[2]
        rule = Rule(EQUAL_SHARES, completion=completion if completion in COMPLETIONS else "none", ties=ties)
    return replace(rule, minimum_score=_minimum_in_file(meta))


def _minimum_in_file(meta: Mapping[str, str]) -> Number:
    """Read `min_project_score_threshold`; a file without one, or with an empty one, has no minimum."""
    text = meta.get("min_project_score_threshold", "").strip().replace(",", ".")
    try:
        threshold = Fraction(text or 0)
    except (ValueError, ZeroDivisionError):
        raise BadInput(f"META says min_project_score_threshold is “{text}”, which is not a number.") from None
    return threshold.numerator if threshold.denominator == 1 else threshold


def _one_of(what: str, value: str, allowed: tuple[str, ...]) -> None:
    """Refuse a value that is not on the list."""
    if value not in allowed:
        raise BadInput(f"“{value}” is not a {what}. Use {', '.join(allowed[:-1])} or {allowed[-1]}.")


def _fit_label(rule: Rule) -> str:
    """Say what happens at a project that does not fit; both names are used in public."""
    return ", stops at the first that does not fit" if rule.unaffordable == "stop" else ", skips what does not fit"


def _completion_label(rule: Rule) -> str:
    """Say how money left by Equal Shares is used."""
    return {"none": "", "greedy": ", completed by votes", "add1": ", shares raised (add1), completed by votes"}[
        rule.completion
    ]


def _tie_label(ties: str) -> str:
    """Name the tie rule in a few words."""
    known = {"id": "by reference", "cheaper": "cheaper, then by reference", DRAWN: "lots drawn in public"}
    return known.get(ties.partition(":")[0], f"lot “{ties.removeprefix(LOT)}”")


def _tie_sentence(ties: str) -> str:
    """Finish the sentence "If projects tie, ..."."""
    known = {
        "id": "the one whose id comes first as text is taken first",
        "cheaper": "the cheaper one is taken first, and at equal cost the one whose id comes first as text",
        DRAWN: "lots are drawn in public: the one whose name is drawn first is taken first",
    }
    lot = f"the order is a lot worked out from the words “{ties.removeprefix(LOT)}”"
    return known.get(ties.partition(":")[0], lot)
