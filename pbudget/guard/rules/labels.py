"""From what a file or form says about a person to the baseline's groups.

Example with the groups 0-15, 16-24 and 65+: "44" is in none of them, "17" is in 16-24, "90" in 65+, "16-24" in itself,
"" and "-3" are unknown. Sex is F or M; anything else is unknown.
"""

from collections.abc import Iterable, Mapping, Sequence

from pbudget.balance.ages import OLDEST, band
from pbudget.kit.errors import BadInput

AGE, SEX = "age", "sex"
OVER_16 = "_16plus"
SEX_WORDS = {"F": ("f", "female", "females", "woman", "women"), "M": ("m", "male", "males", "man", "men")}
SAYS_NOTHING = ("", "prefer not to say", "not stated", "unknown", "none", "n/a", "na", "nan")


def asked_as(dimension: str) -> str:
    """Name the question behind a dimension: `sex_16plus` is the question `sex` with residents from 16 on."""
    return dimension.lower().removesuffix(OVER_16)


def labels_of(dimension: str, values: Iterable[str], groups: Sequence[str]) -> list[str | None]:
    """Turn what was said into groups of the baseline. What fits none of them is kept as it stands; silence is None."""
    place = _place(asked_as(dimension), groups)
    known: dict[str, str | None] = {}
    for value in set(values := list(values)):
        text = value.strip()
        known[value] = None if text.lower() in SAYS_NOTHING else place(text)
    return [known[value] for value in values]


def _place(question: str, groups: Sequence[str]) -> "_Place":
    exact = {group.lower(): group for group in groups}
    if question == AGE:
        return _ByAge(exact, {group: ages for group in groups if (ages := band(group))})
    if question == SEX:
        return _BySex(exact)
    return _Place(exact)


class _Place:
    """Finds the group a word belongs to."""

    def __init__(self, exact: Mapping[str, str]) -> None:
        self.exact = exact

    def __call__(self, text: str) -> str | None:
        return self.exact.get(text.lower(), text)


class _ByAge(_Place):
    """Ages in years, or the group itself."""

    def __init__(self, exact: Mapping[str, str], bands: Mapping[str, tuple[int, int]]) -> None:
        super().__init__(exact)
        self.bands = bands

    def __call__(self, text: str) -> str | None:
        if text.lower() in self.exact:
            return self.exact[text.lower()]
        try:
            age = float(text.replace(",", "."))
        except ValueError:
            return text
        if not 0 <= age <= OLDEST:
            return None
        return next((group for group, (low, high) in self.bands.items() if low <= int(age) <= high), text)


class _BySex(_Place):
    """F and M, whatever the baseline calls them; anything else is unknown unless the baseline has it."""

    def __call__(self, text: str) -> str | None:
        words = SEX_WORDS.get(text, (text.lower(),))
        return next((self.exact[word] for word in words if word in self.exact), None)


def within_ages(shares: Mapping[str, float], low: int, high: int) -> dict[str, float]:
    """Keep the age groups a round is open to, adding up to 1 again. Raises `BadInput` where a group is cut in two."""
    kept = {}
    for group, share in shares.items():
        ages = band(group)
        if ages is None:
            raise BadInput(f"The baseline's age group “{group}” has no ages in it. Name its groups like 16-24 and 65+.")
        if low <= ages[0] and ages[1] <= high:
            kept[group] = share
        elif ages[0] <= high and ages[1] >= low:
            raise BadInput(f"The baseline's age group “{group}” is partly inside {low} to {high}. Choose other ages.")
    total = sum(kept.values())
    if not total:
        raise BadInput(f"The baseline has nobody aged {low} to {high}.")
    return {group: share / total for group, share in kept.items()}
