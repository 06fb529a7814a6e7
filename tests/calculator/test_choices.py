import pytest

from pbudget.calculator.rules.balance import Choices
from pbudget.calculator.rules.choices import read_page, still_usable
from pbudget.calculator.rules.numbers import NumberNotUsable, read_percent, say_percent, say_short
from pbudget.calculator.rules.response import ResponseNotUsable, read_response, solved
from tests.calculator.building import LIBRARIES, PARKING, TAX, a_budget, steps

BUDGET = a_budget()
KEPT = Choices({"parking-charges": 500}, 299)


def page(**sent: str) -> dict[str, list[str]]:
    return {name.replace("__", ".").replace("_", "-"): [value] for name, value in sent.items()}


def test_a_radio_is_the_step_it_names():
    choices, problems = read_page(BUDGET, page(step__libraries="-10", box__libraries=""), KEPT)
    assert (choices.lines, problems) == ({"parking-charges": 500, "libraries": -1000}, [])


@pytest.mark.parametrize("typed", ["-7.5", "−7.5", " -7.50 % ", "-7.5%"])
def test_the_box_takes_any_value_between_the_limits(typed: str):
    choices, problems = read_page(BUDGET, page(step__libraries="other", box__libraries=typed), KEPT)
    assert (choices.lines["libraries"], problems) == (-750, [])


def test_a_number_typed_without_choosing_the_radio_beside_it_counts():
    choices, _ = read_page(BUDGET, page(step__libraries="0", box__libraries="-5"), KEPT)
    assert choices.lines["libraries"] == -500


def test_a_step_chosen_after_a_number_counts():
    before = Choices({"libraries": -750})
    choices, _ = read_page(BUDGET, page(step__libraries="-10", box__libraries="-7.5"), before)
    assert choices.lines["libraries"] == -1000


def test_a_new_step_and_a_new_number_together_are_asked_about():
    _, problems = read_page(BUDGET, page(step__libraries="-10", box__libraries="-3"), Choices())
    assert problems[0].text == "Libraries: choose one of the steps or type a number, not both"


def test_a_size_of_a_scheme_is_typed_in_pounds():
    choices, _ = read_page(BUDGET, page(step__new_school="other", box__new_school="£2,500,000"), Choices())
    assert choices.schemes == {"new-school": 250_000_000}


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        (page(step__libraries="other", box__libraries="-40"), "enter a change from -25% to 10%"),
        (page(step__libraries="other", box__libraries="10.01"), "enter a change from -25% to 10%"),
        (page(step__libraries="other", box__libraries="lots"), "enter a percentage as a number"),
        (page(step__libraries="other", box__libraries="1e3"), "enter a percentage as a number"),
        (page(step__libraries="other", box__libraries="-7.555"), "enter a percentage as a number"),
        (page(step__libraries="other", box__libraries=""), "type the change you want"),
        (page(step__libraries="-11"), "choose one of the steps that are shown"),
        (page(step__gold="-10"), "not in this budget"),
        ({"step.libraries": ["-10", "10"]}, "sent more than once"),
        (page(step__new_school="other", box__new_school="-1"), "enter an amount in pounds"),
        (page(step__new_school="other", box__new_school="6000000"), "enter an amount from £0 to £5,000,000"),
        (page(step__council_tax="other", box__council_tax="5"), "enter a change from 0% to 4.99%"),
        (page(step__parking_charges="other", box__parking_charges="-5"), "enter a change from 0% to 10%"),
    ],
)
def test_what_cannot_be_chosen_is_refused_and_the_rest_is_kept(sent: dict[str, list[str]], says: str):
    choices, problems = read_page(BUDGET, {**sent, "step.bins": ["0"]}, KEPT)
    assert says in problems[0].text
    assert choices == KEPT


def test_a_fixed_line_says_why():
    fixed = steps("service", "Elections", (0,), group="Core", gross="1", min_change="0", floor_reason="The law asks.")
    budget = a_budget(*LIBRARIES, *fixed, *TAX)
    _, problems = read_page(budget, page(step__elections="other", box__elections="-5"), Choices())
    assert problems[0].text == "Elections: elections cannot be changed here. The law asks"


def test_choices_of_an_earlier_version_are_kept_where_they_still_can_be():
    smaller = a_budget(*steps("service", "Libraries", (0, -5), group="Culture", gross="4000000"), *PARKING, *TAX)
    before = Choices({"libraries": -1000, "parking-charges": 500}, 299, {"new-school": 100})
    kept, problems = still_usable(smaller, before)
    assert kept == Choices({"parking-charges": 500}, 299)
    assert len(problems) == 2


@pytest.mark.parametrize("typed", ["", "ten", "١٠", "--5", "5-", "1,5", "0x1", "99999"])
def test_what_is_no_percentage_is_refused(typed: str):
    with pytest.raises(NumberNotUsable):
        read_percent(typed)


@pytest.mark.parametrize(("hundredths", "said"), [(-1000, "-10"), (299, "2.99"), (250, "2.5"), (0, "0"), (-5, "-0.05")])
def test_percentages_are_said_as_they_are_typed(hundredths: int, said: str):
    assert say_percent(hundredths) == said
    assert read_percent(said) == hundredths


def test_large_amounts_are_said_in_millions():
    assert [say_short(pence) for pence in (620_000_000, 40_000_000, -105_000_000_000)] == [
        "£6.2 million",
        "£400,000",
        "-£1,050 million",
    ]


RESPONSE = """{"budget": "x.csv", "version": 1, "lines": {"Libraries": "-10", "Parking charges": "5"},
 "tax": "2.99", "schemes": {"New school": "5000000"}, "band": "C"}"""


def test_a_response_is_solved_by_the_names_of_its_lines():
    assert solved(BUDGET, read_response(RESPONSE)) == {
        "still_to_find": "3329059.81",
        "effects": {
            "Libraries": "-400000.00",
            "Parking charges": "-100000.00",
            "Council tax": "-2691000.00",
            "New school": "320059.81",
        },
        "band": {"year": "47.84", "week": "0.92"},
    }


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (('"-10"', '"-30"'), "Libraries: Enter a change from -25% to 10%"),
        (('"Libraries"', '"Gold"'), "“Gold” is not one of the lines"),
        (('"Parking charges"', '"Libraries"'), "stands there twice"),
        (('"2.99"', "2.99"), "“tax” must be text"),
        (('"5000000"', '"-5"'), "New school: Enter an amount"),
        (('"C"', '"Z"'), "a letter from A to H"),
        (('"version": 1', '"version": "1"'), "whole number"),
        (('"tax"', '"taxes"'), "“taxes” is not part"),
    ],
)
def test_a_response_that_cannot_be_used_says_why(change: tuple[str, str], says: str):
    with pytest.raises(ResponseNotUsable, match=says):
        solved(BUDGET, read_response(RESPONSE.replace(*change)))
