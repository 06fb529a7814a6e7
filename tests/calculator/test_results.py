from fractions import Fraction
from statistics import quantiles

from hypothesis import given
from hypothesis import strategies as st

from pbudget.calculator.rules.balance import Choices
from pbudget.calculator.rules.results import Answer, answers_of, quantile, results_of, results_rows
from tests.calculator.building import LIBRARIES, PARKING, SCHOOL, TAX, a_budget, steps

ROADS = steps("service", "Roads", (10, 0, -10, -25), group="Highways", gross="6000000")
BUDGET = a_budget(*LIBRARIES, *ROADS, *PARKING, *TAX, *SCHOOL)
WARDS = ("X1", "X2", "X3", "X4")


def answers(many: int, *, ward: str = "X1", balanced: bool = True, tax: int = 0, **changes: int) -> list[Answer]:
    return [Answer(Choices(changes, tax), balanced, ward)] * many


def results(*groups: list[Answer]):
    return results_of(BUDGET, [each for group in groups for each in group], WARDS, ("online", "kiosk", "roadshow"))


def test_middle_values_and_spread_are_those_of_the_answers():
    found = results(answers(10, libraries=-2500), answers(10, libraries=-1200), answers(20))
    libraries = next(part for part in found.parts if part.key == "libraries")
    assert (libraries.answers, libraries.median, libraries.lower, libraries.upper) == (40, -600, -1525, 0)
    assert libraries.spread == ((1000, 0), (0, 20), (-1000, 10), (-2500, 10))
    assert (libraries.cut, libraries.raised) == (20, 0)


def test_a_scheme_is_said_in_its_size():
    built = [Answer(Choices(schemes={"new-school": 250_000_000}), True)] * 30
    school = results(built).parts[-1]
    assert (school.median, school.raised) == (5000, 30)


def test_fewer_than_ten_answers_say_nothing():
    assert results(answers(9, libraries=-1000)).parts == ()
    assert results(answers(9)).too_few
    assert results().answers == 0


def test_balanced_and_groups_are_counted_apart():
    at_table = [Answer(Choices(), True, "X1", group_size=7)] * 2
    found = results(answers(12), answers(8, balanced=False), at_table)
    assert (found.answers, found.balanced, found.groups, found.people_in_groups) == (22, 14, 2, 14)


def test_a_ward_with_fewer_than_ten_answers_is_never_shown_nor_worked_out_from_the_rest():
    everybody = [*answers(9), *answers(30, ward="X2"), *answers(41, ward="X3")]
    found = results_of(BUDGET, everybody, WARDS, ("online",))
    assert found.wards.cells["X1"] is None
    assert sum(cell is None for cell in found.wards.cells.values()) >= 2
    for ward, cell in found.wards.cells.items():
        shown = answers_of(everybody, found, "ward", ward)
        assert (shown is None) == (not cell)
    assert answers_of(everybody, found, "ward", "X9") is None


def test_what_went_with_what():
    protected = answers(30, roads=-1000)
    others = answers(30, libraries=-1000)
    pair = results(protected, others).pairs[0]
    assert (pair.protected, pair.cut, pair.share, pair.of_all, pair.answers) == (
        "Libraries",
        "Roads",
        10_000,
        5_000,
        30,
    )


def test_no_pair_is_shown_of_fewer_than_ten():
    assert results(answers(9, roads=-1000), answers(60, libraries=-1000)).pairs == ()


def test_the_file_has_a_row_for_every_line_that_could_be_chosen():
    rows = results_rows(results(answers(20, libraries=-1250)).parts)
    assert rows[1] == ("Libraries", "Culture", 20, "-12.5", "-12.5", "-12.5", 20, 0)
    assert [row[0] for row in rows[1:]] == ["Libraries", "Roads", "Parking charges", "Council tax", "New school"]


@given(st.lists(st.integers(-10_000, 10_000), min_size=2))
def test_quartiles_are_those_of_the_standard_library(values: list[int]):
    expected = quantiles([Fraction(value) for value in values], n=4, method="inclusive")
    found = [quantile(sorted(values), Fraction(n, 4)) for n in (1, 2, 3)]
    assert all(abs(one - other) <= Fraction(1, 2) for one, other in zip(found, expected, strict=True))
