import pytest

from pbudget.calculator.rules.balance import Choices, balance_of
from pbudget.calculator.rules.choices import ChoiceNotUsable, read_choice
from pbudget.calculator.rules.numbers import say_percent
from pbudget.calculator.rules.sheet import BudgetNotUsable, read_budget
from pbudget.calculator.rules.sheet_written import rows_of
from pbudget.kit.spreadsheets import csv_bytes
from pbudget.wards.rules.tables import FileNotUsable
from tests.calculator.building import LIBRARIES, PARKING, SCHOOL, TAX, WORKED, a_budget, as_csv, steps, year_rows


def problems_of(*rows: dict, **changed: str) -> tuple[str, ...]:
    with pytest.raises(BudgetNotUsable) as refused:
        a_budget(*rows, **changed)
    return refused.value.problems


def test_a_line_is_read_with_its_limits_and_its_steps():
    line = a_budget().lines[0]
    assert (line.net, line.least, line.most) == (400_000_000, -2500, 1000)
    assert [step.change for step in line.steps] == [1000, 0, -1000, -2500]
    assert line.steps[2].lost == "Libraries loses at -10"
    assert line.steps[2].signed_off_on == "2027-01-14"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_councils_own_file_with_120_lines_and_long_texts_loads(encoding: str, delimiter: str):
    words = "Children’s centres – “Sure Start” – lose £1,000; " * 25
    lines = [
        row for n in range(120) for row in steps("service", f"Line {n}", (5, 0, -5), group="G", gross="£1,200,000")
    ]
    rows = [dict(row, lost=words) for row in lines]
    budget = read_budget(as_csv([*year_rows(), *rows, *TAX], delimiter, encoding))
    assert len(budget.lines) == 120
    assert budget.lines[119].steps[0].lost == words.strip()


def test_thousands_separators_and_signs_do_no_harm():
    libraries = [
        dict(LIBRARIES[0], gross="£\N{NO-BREAK SPACE}4\N{NO-BREAK SPACE}500\N{NO-BREAK SPACE}000"),
        *LIBRARIES[1:],
    ]
    assert a_budget(*libraries, *TAX).lines[0].gross == 450_000_000


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"gross": "lots"}, "Row 9: the gross “lots” is no amount"),
        ({"gross": "-5"}, "Row 9: the gross “-5” is no amount"),
        ({"gross": ""}, "Row 9: the income is more than the gross"),
        ({"group": ""}, "Row 9: the group is empty"),
        ({"step": "-30", "min_change": "-25"}, "Row 9: the step -30 is outside -25 to 0"),
        ({"step": "ten"}, "Row 9: the step “ten” is no percentage"),
        ({"min_change": "5"}, "Row 9: min_change must be 0 or less"),
        ({"min_change": "-101"}, "Row 9: the min_change -101 takes more than all of it"),
        ({"changeable_share": "120"}, "Row 9: the changeable_share must be from 0 to 100"),
        ({"signed_off_on": "soon"}, "Row 9: the signed_off_on “soon” is no date"),
        ({"lost": "x" * 1501}, "Row 9: the lost has 1,501 characters and may have 1,500"),
        ({"lost": "a\u202eb"}, "Row 9: the lost has characters that cannot be seen"),
        ({"kind": "servce"}, "Row 9: “servce” is no kind of row"),
        ({"line": ""}, "Row 9: the line is empty"),
    ],
)
def test_a_row_that_cannot_be_used_is_named(row: dict[str, str], says: str):
    found = problems_of(dict(LIBRARIES[0], **row), *LIBRARIES[1:2], *TAX)
    assert found[0].startswith(says), found


def test_every_problem_is_named_at_once_in_the_order_of_the_rows():
    found = problems_of(dict(LIBRARIES[0], gross="x"), *LIBRARIES[1:], dict(PARKING[0], income="y"), *TAX, gap="z")
    assert [problem.split(":")[0] for problem in found] == ["Row 5", "Row 9", "Row 13"]


def test_two_amounts_for_one_line_are_refused():
    found = problems_of(LIBRARIES[0], dict(LIBRARIES[1], gross="9"), *TAX)
    assert found[0].startswith("Row 10: the gross of “Libraries” is “9” here and “£4,500,000” above")


def test_one_name_for_two_things_is_refused():
    found = problems_of(*LIBRARIES, *steps("income", "libraries", (5, 0), group="Culture", income="5"), *TAX)
    assert "“Libraries” is used for two things" in found[0]


def test_a_fixed_line_must_say_why():
    fixed = steps("service", "Elections", (0,), group="Core", gross="1")
    assert "floor_reason does not say why" in problems_of(*LIBRARIES, *fixed, *TAX)[0]


def test_what_is_missing_is_said():
    with pytest.raises(BudgetNotUsable) as refused:
        read_budget(as_csv([*LIBRARIES, dict(TAX[0], value=""), *TAX[1:]]))
    assert refused.value.problems == ("The file has no row of kind year for gap, tax_base, band_d.",)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"PK\x03\x04", "a spreadsheet"),
        (b"kind,line\n", "no column step"),
        (b"kind,line,step,value,colour\n", "colour"),
        (b"kind,line,step,value\n", "no rows"),
        (b'kind,line,step,value\nyear,"title\n', "never closed"),
    ],
)
def test_what_is_no_such_table_is_refused(content: bytes, says: str):
    with pytest.raises(FileNotUsable, match=says):
        read_budget(content)


def test_a_row_with_cells_too_many_is_named():
    content = as_csv([*year_rows(), *WORKED]) + b"service," * 17 + b"a\n"
    with pytest.raises(BudgetNotUsable) as refused:
        read_budget(content)
    assert refused.value.problems[0].startswith(f"Row {len([*year_rows(), *WORKED]) + 2} has 18 cells and the heading")


def test_a_row_may_leave_out_its_last_cells():
    content = as_csv([*year_rows(), *WORKED]).replace(b",,,\r\n", b"\r\n")
    assert read_budget(content) == a_budget()


DERBY = (10, 0, -10, -25, -50, -75, -100)


def test_an_exercise_like_derbys_is_set_up_by_csv_alone():
    names = [f"Invented service {n}" for n in range(1, 25)]
    rows = [row for name in names for row in steps("service", name, DERBY, group="All", gross="10,000,000")]
    none = steps("tax", "Council tax", (0,), value="1,500", floor_reason="Council tax is not part of this exercise.")
    budget = a_budget(*rows, *none, gap="60,000,000")
    assert {tuple(step.change // 100 for step in line.steps) for line in budget.lines} == {DERBY}
    cut = Choices({line.key: -2500 for line in budget.lines})
    assert balance_of(budget, cut).still_to_find == 0
    assert balance_of(budget, Choices({budget.lines[0].key: -10_000})).effects == {"invented-service-1": -1_000_000_000}
    with pytest.raises(ChoiceNotUsable):
        read_choice(budget.lines[0], "-100.01")


def test_a_council_tax_of_at_most_two_per_cent_like_worcesters_is_set_up_by_csv_alone():
    tax = steps("tax", "Council tax", (2, 1, 0), value="1,600", max_change="2", floor_reason="More needs a referendum.")
    budget = a_budget(*LIBRARIES, *SCHOOL, *tax, core_limit="2", care_limit="0")
    assert say_percent(budget.tax.most) == "2"
    assert read_choice(budget.tax, "1.99") == 199
    with pytest.raises(ChoiceNotUsable, match="from 0% to 2%"):
        read_choice(budget.tax, "2.01")


def test_a_budget_written_as_a_file_is_read_back_as_it_was():
    odd = dict(LIBRARIES[0], lost="- two close", gained="=SUM(A1)", changeable_share="62.5")
    planned = dict(SCHOOL[0], gross="2,500,000.50", group="Schools")
    for budget in (
        a_budget(),
        a_budget(odd, *LIBRARIES[1:], *PARKING, *TAX, planned, SCHOOL[1], closes="14/03/2099 9:30"),
    ):
        assert read_budget(csv_bytes(rows_of(budget))) == budget
