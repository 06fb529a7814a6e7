"""Who lives in Ashmere: residents by age, sex and ethnic group, and a few hundred postcodes nobody has.

shared_out(10, [1, 1, 2])  ->  [3, 2, 5]      whole people, the largest remainders rounded up (Hamilton 1792)
"""

import csv
import io
import random
from collections.abc import Iterator, Mapping, Sequence

from pbudget.demo.ashmere.wards import WARDS, MadeUpWard, stream
from pbudget.wards.rules.names import DEMO_SOURCE

CENSUS_DAY = "2021-03-21"
AGES = {
    "young": {"0-15": 13, "16-24": 17, "25-34": 26, "35-44": 17, "45-54": 11, "55-64": 8, "65+": 8},
    "families": {"0-15": 22, "16-24": 10, "25-34": 14, "35-44": 17, "45-54": 14, "55-64": 11, "65+": 12},
    "older": {"0-15": 15, "16-24": 8, "25-34": 9, "35-44": 11, "45-54": 14, "55-64": 16, "65+": 27},
}
ORIGINS = {
    "very mixed": {"Asian": 24, "Black": 15, "Mixed": 7, "White": 49, "Other": 5},
    "mixed": {"Asian": 13, "Black": 9, "Mixed": 5, "White": 70, "Other": 3},
    "less mixed": {"Asian": 6, "Black": 2, "Mixed": 3, "White": 88, "Other": 1},
}
WOMEN = 51.2
OUTWARD = "AL9"
"""Postcode districts AL91 to AL98 have the form of real ones and are not in use."""
LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
POSTCODES_A_WARD = 40


def residents_of(ward: MadeUpWard) -> dict[str, dict[str, int]]:
    """Residents by dimension and group; age and ethnic group add up to the ward, sex to those aged 16 and over."""
    draw = stream(f"residents of {ward.name}")
    ages = _counted(ward.residents, AGES[ward.ages], draw)
    adults = ward.residents - ages["0-15"]
    return {
        "age": ages,
        "sex_16plus": _counted(adults, {"F": WOMEN, "M": 100 - WOMEN}, draw),
        "ethnic_group": _counted(ward.residents, ORIGINS[ward.origins], draw),
    }


def _counted(total: int, shares: Mapping[str, float], draw: random.Random) -> dict[str, int]:
    """A total shared out over groups, each share moved by up to a twelfth: no two wards are quite alike."""
    moved = [share * (1 + (draw.random() - 0.5) / 6) for share in shares.values()]
    return dict(zip(shares, shared_out(total, moved), strict=True))


def shared_out(total: int, weights: Sequence[float]) -> list[int]:
    """Whole numbers in proportion to the weights that add up to the total."""
    exact = [total * weight / sum(weights) for weight in weights]
    counts = [int(number) for number in exact]
    by_remainder = sorted(range(len(exact)), key=lambda place: counts[place] - exact[place])
    for place in by_remainder[: total - sum(counts)]:
        counts[place] += 1
    return counts


def baseline_csv() -> bytes:
    """The figures of every ward in the format councils load."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(["ward_code", "ward_name", "dimension", "group", "count", "source", "date"])
    table.writerows(_baseline_rows())
    return out.getvalue().encode()


def _baseline_rows() -> Iterator[list[object]]:
    for ward in WARDS:
        for dimension, groups in residents_of(ward).items():
            for group, count in groups.items():
                yield [ward.code, ward.name, dimension, group, count, DEMO_SOURCE, CENSUS_DAY]


def postcodes_csv() -> bytes:
    """Forty postcodes a ward in the columns of the ONS Postcode Directory: `AL91 1AA` lies in the first ward."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(["pcds", "doterm", "wd25cd"])
    for number, ward in enumerate(WARDS, 1):
        table.writerows([f"{OUTWARD}{number} {inward}", "", ward.code] for inward in _inward_codes())
    return out.getvalue().encode()


def _inward_codes() -> Iterator[str]:
    for place in range(POSTCODES_A_WARD):
        sector, unit = divmod(place, len(LETTERS))
        yield f"{sector + 1}A{LETTERS[unit]}"
