"""Files as somebody writes them who has read what the columns are called, and no more."""

import json
from pathlib import Path

import pytest
from flask import Flask

from pbudget.calculator.rules.balance import Choices, balance_of
from pbudget.calculator.rules.budget import Budget
from pbudget.calculator.rules.response import ResponseNotUsable, choices_named, read_response, solved
from pbudget.calculator.rules.settings import SETTINGS, setting_named
from pbudget.calculator.rules.sheet import BudgetNotUsable, read_budget
from pbudget.calculator.rules.sheet_written import rows_of
from pbudget.kit.spreadsheets import csv_bytes
from tests.calculator.test_cli import run

HEADING = (
    "kind,group,line,gross,income,changeable_share,min_change,max_change,floor_reason,"
    "step,lost,gained,signed_off_by_role,signed_off_on,value,life,rate"
)
PLAIN = f"""{HEADING}
year,,council,,,,,,,,,,,,Invented council,,
year,,year,,,,,,,,,,,,2027-28,,
year,,gap,,,,,,,,,,,,6200000,,
year,,tax_base,,,,,,,,,,,,50000,,
year,,band_d,,,,,,,,,,,,1800,,
service,Culture,Library,4000000,0,100,-25,10,A duty,0,,,,,,,
service,Culture,Library,4000000,0,100,-25,10,A duty,-10,Fewer hours,Savings,Head of libraries,2027-01-05,,,
income,Roads,Parking charges,,2000000,100,0,10,,5,Dearer,Quieter streets,Head of roads,2027-01-05,,,
tax,,Council tax,,,,0,4.99,,2.99,,,,,,,
scheme,Schools,School,,,,,,,100,,,,,5000000,25,4
"""
DECORATED = """Line;Kind;Value;Step;Gross;Income;Group;Rate;Life;Min change;Max-change;Changeable Share
Gap to close (£);Year;£6,200,000.00;;;;;;;;;
Tax base (Band D equivalents);Year;50,000;;;;;;;;;
Current Band D charge;TAX;£1,800.00;;;;;;;;;
Opening date;YEAR;1 March 2027, 9am;;;;;;;;;
Closing;year;2027-03-14T17:00:00;;;;;;;;;
Library;service;;−10 %;£\N{NO-BREAK SPACE}4,500,000;£500,000;Culture;;;-25%;+10%;100 %
Parking charges;Income;;+5%;£2,000,000;;Roads;;;0;;1
Council tax;Tax;;+2.99%;;;;;;;;
School;scheme;£5,000,000;;;;;4.00%;25;;;
"""
SETTINGS_IN_GROUP = PLAIN
for _setting in ("gap", "tax_base", "band_d"):
    SETTINGS_IN_GROUP = SETTINGS_IN_GROUP.replace(f"year,,{_setting},", f"year,{_setting},,")
FILES = {
    "plain": PLAIN.encode(),
    "short rows": "\n".join(line.rstrip(",") for line in PLAIN.splitlines()).encode(),
    "settings named under group": SETTINGS_IN_GROUP.encode("utf-16"),
    "decorated, Windows-1252": DECORATED.replace("−", "-").encode("cp1252"),
    "decorated, UTF-16": DECORATED.encode("utf-16"),
    "decorated, with a mark": DECORATED.encode("utf-8-sig"),
    "decorated, tabs": DECORATED.replace(";", "\t").encode(),
    "a tax without steps": PLAIN.replace(",0,4.99,,2.99,", ",,,,,").encode(),
}
ANSWERS = (
    {"lines": {"Library": "-10", "Parking charges": "5"}, "tax": "2.99", "schemes": {"School": "5000000"}, "band": "C"},
    {"lines": {"LIBRARY": "−10 %", "parking  charges": "+5%"}, "tax": "+2.99%", "schemes": {"school": "£5,000,000.00"}},
)


def written(**changed: object) -> str:
    return json.dumps({"budget": "budget.csv", "version": 1, **ANSWERS[0], **changed})


@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
@pytest.mark.parametrize("answer", ANSWERS, ids=["plain", "decorated"])
def test_the_worked_example_comes_out_however_it_is_written(content: bytes, answer: dict):
    found = solved(read_budget(content), read_response(written(**answer)))
    assert found["still_to_find"] == "3329059.81"
    assert {*found["effects"].values()} == {"-400000.00", "-100000.00", "-2691000.00", "320059.81"}
    assert found["band"] == {"year": "47.84", "week": "0.92"}


@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
def test_each_is_written_as_a_file_that_says_the_same(content: bytes):
    assert read_budget(csv_bytes(rows_of(read_budget(content)))) == read_budget(content)


def test_moments_are_read_as_people_write_them():
    budget = read_budget(FILES["decorated, with a mark"])
    assert (budget.opens, budget.closes) == ("2027-03-01T09:00", "2027-03-14T17:00")


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("band_d", "Band D, band_d, BAND-D, Band D charge, Current Band D charge (£), Council tax Band D"),
        ("tax_base", "Tax base, tax_base, Council tax base, Band D equivalents"),
        ("gap", "Gap, gap to close, Budget gap, Target"),
        ("core_limit", "core_limit, Core limit, Referendum limit, Referendum limit (% core), referendum_limit_core"),
        ("care_limit", "care_limit, Adult social care, Adult social care precept, referendum limit adult social care"),
        ("opens", "opens, Opening date, opens on, Open"),
        ("closes", "closes, Closing date, closes_at, Close"),
        ("year", "Year, budget year, Financial Year"),
        ("tolerance", "Tolerance"),
        ("", "colour, band e, taxes, , gap gap"),
    ],
)
def test_a_setting_is_known_by_any_reasonable_name(name: str, written: str):
    assert [setting_named(each) for each in written.split(", ")] == [name] * len(written.split(", "))


def test_every_setting_is_known_by_its_own_name():
    assert [setting_named(name) for name in SETTINGS] == [*SETTINGS]


def problems_of(content: str) -> str:
    with pytest.raises(BudgetNotUsable) as refused:
        read_budget(content.encode())
    return " ".join(refused.value.problems)


@pytest.mark.parametrize(
    ("there", "instead", "says"),
    [
        (",,gap,", ",,colour,", "Row 4: “colour” is no setting of a year. There are title, council, year, gap"),
        (",,year,", ",,Gap to close,", "Row 4: gap stands there more than once. Keep one row."),
        ("2027-28,,", "2027-28,,,x", "Row 3 has 18 cells and the heading 17. Put quotation marks around"),
        ("6200000", "6.2m", "Row 4: the value “6.2m” is no amount. Write pounds, such as 12,000 or 12000.50."),
        ("0,4.99,,2.99,,,,,,", "0,4.99,,2.99,,,,,1900,", "band_d and the value of council tax are two charges"),
        (",,2000000,", ",3000000,2000000,", "Row 9: the gross and the income are two amounts."),
        ("6200000", "6,200,000", "Row 4: “gap” has more than a value. Put quotation marks around an amount"),
        (",100,-25,", ",1.5x,-25,", "Row 7: the changeable_share “1.5x” is no percentage"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_row(there: str, instead: str, says: str):
    assert says in problems_of(PLAIN.replace(there, instead))


@pytest.mark.parametrize(
    ("share", "hundredths"), [("62.5", 6250), ("62.50 %", 6250), ("0.625", 6250), ("1", 10_000), ("1%", 100), ("0", 0)]
)
def test_a_share_is_a_percentage_or_a_fraction(share: str, hundredths: int):
    budget = read_budget(PLAIN.replace(",100,-25,", f",{share},-25,").encode())
    assert budget.lines[0].share == hundredths
    assert read_budget(csv_bytes(rows_of(budget))).lines[0].share == hundredths


def exercise(target: str, steps: tuple[str, ...], *more: str) -> Budget:
    rows = [HEADING, f"year,,gap,,,,,,,,,,,,{target},,", *more]
    for number in range(1, 13):
        gross = 20_000_000
        rows += [f"service,Invented group,Service {number},{gross},,,,,,{step},Less,More,,,,," for step in steps]
    return read_budget("\n".join(rows).encode())


def test_an_exercise_like_derbys_needs_no_council_tax_at_all():
    budget = exercise('"£60,000,000"', ("+10%", "0%", "-10%", "-25%", "-50%", "-75%", "-100%"))
    assert not budget.has_tax
    assert balance_of(budget, Choices({line.key: -2500 for line in budget.lines})).still_to_find == 0
    with pytest.raises(ResponseNotUsable, match="Council tax is not part of this exercise"):
        choices_named(budget, read_response(written(lines={}, schemes={})))


def test_an_exercise_like_worcesters_takes_two_per_cent_and_no_more():
    tax = "tax,,Council tax,,,,0,2,,2,,,,,1500,,"
    budget = exercise("3000000", ("0", "-10"), "year,,Tax base,,,,,,,,,,,,30000,,", tax)
    assert choices_named(budget, read_response(written(lines={}, schemes={}, tax="2"))).tax == 200
    with pytest.raises(ResponseNotUsable, match="from 0% to 2%"):
        choices_named(budget, read_response(written(lines={}, schemes={}, tax="2.01")))


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"lines": {"Library": "-10", "library": "-5"}}, "library stands there twice"),
        ({"lines": {"Museum": "-10"}}, "“Museum” is not one of the lines of this budget. There are Library, Parking"),
        ({"schemes": {"School": "-1"}}, "School: Enter an amount"),
        ({"lines": {"Library": "-26"}}, "Library: Enter a change from -25% to 10%"),
        ({"lines": {"Library": "ten"}}, "Library: Enter a percentage as a number"),
    ],
)
def test_a_choice_that_cannot_be_meant_is_refused_by_name(changed: dict, says: str):
    with pytest.raises(ResponseNotUsable, match=says):
        choices_named(read_budget(PLAIN.encode()), read_response(written(**changed)))


def test_the_file_is_found_beside_the_response_or_where_one_stands(
    sqlite_app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    beside, elsewhere = tmp_path / "beside", tmp_path / "elsewhere"
    for folder in (beside, elsewhere):
        folder.mkdir()
    (beside / "response.json").write_text(written(band="c"))
    monkeypatch.chdir(elsewhere)
    for folder in (elsewhere, beside):
        (folder / "budget.csv").write_text(PLAIN)
        assert json.loads(run("solve", beside / "response.json").output)["still_to_find"] == "3329059.81"
        (folder / "budget.csv").unlink()
