import pytest

from pbudget.wards.rules import baselines
from pbudget.wards.rules.baselines import read_baseline
from pbudget.wards.rules.tables import FileNotUsable
from tests.wards.building import FIRST, SECOND, figures_csv


def with_row(row: str, heading: str = "ward_code,ward_name,dimension,group,count,source,date") -> bytes:
    return f"{heading}\n{row}".encode()


def problems(content: bytes, **how) -> list[str]:
    return [str(problem) for problem in read_baseline(content, **how).problems]


def test_a_complete_file_is_read_in_its_order():
    report = read_baseline(figures_csv())
    assert report.usable
    assert report.wards == (FIRST, SECOND)
    assert report.dimensions == ("age", "sex")
    assert [figure.group for figure in report.figures[:4]] == ["0-15", "16+", "F", "M"]


def test_the_same_figures_have_the_same_version_whatever_the_encoding_and_separator():
    plain = figures_csv()
    other = plain.decode().replace(",", ";").encode("utf-16")
    assert read_baseline(plain).version == read_baseline(other).version
    assert read_baseline(plain).version != read_baseline(plain.replace(b",20,", b",21,")).version


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("E0500001,A,age,0-15,1,S,2021-03-21", "Row 2: “E0500001” is not a ward code"),
        (",A,age,0-15,1,S,2021-03-21", "Row 2: the ward code is missing"),
        ("X99000001,A,age,0-15,1,S,2021-03-21", "for demos only"),
        ("E05000001,A,,0-15,1,S,2021-03-21", "Row 2: the dimension is missing"),
        ("E05000001,A,age,,1,S,2021-03-21", "Row 2: the group is missing"),
        ("E05000001,A,age,0-15,,S,2021-03-21", "Write 0 if nobody lives there"),
        ("E05000001,A,age,0-15,-3,S,2021-03-21", "“-3” is below zero"),
        ("E05000001,A,age,0-15,1.5,S,2021-03-21", "“1.5” is not a whole number"),
        ("E05000001,A,age,0-15,*,S,2021-03-21", "“*” is not a whole number"),
        ('E05000001,A,age,0-15,"1,204",S,2021-03-21', "thousands separator. Write 1204"),
        ("E05000001,A,age,0-15,٣,S,2021-03-21", "is not a whole number"),
        ("E05000001,A,age,0-15,99999999,S,2021-03-21", "more people than any ward has"),
        ("E05000001,A,age,=1+1,1,S,2021-03-21", "spreadsheet would run as a formula"),
        ("E05000001,@cmd,age,0-15,1,S,2021-03-21", "spreadsheet would run as a formula"),
        (f"E05000001,{'A' * 121},age,0-15,1,S,2021-03-21", "longer than 120 characters"),
        ("E05000001,A\u0007,age,0-15,1,S,2021-03-21", "control character"),
        ("E05000001,A,age,0-15,1,S,March 2021", "does not look like 2021-03-21"),
        ("E05000001,A,age,0-15,1,S", "it has 6 cells and the heading has 7"),
    ],
)
def test_a_wrong_row_is_named_with_what_to_do(row, says):
    found = problems(with_row(row))
    assert any(says in message for message in found), found


def test_every_problem_of_a_row_is_reported():
    assert len(problems(with_row("nonsense,A,age,,x,S,2021-03-21"))) == 3


def test_a_group_named_twice_is_refused_with_both_rows():
    content = figures_csv().replace(b"age,16+", b"age,0-15")
    assert problems(content)[0].startswith(f"Row 3: ward {FIRST}, age, “0-15” is already in row 2")


def test_a_missing_group_is_not_taken_for_nobody():
    lines = figures_csv().decode().splitlines()
    found = problems("\n".join(lines[:-1]).encode())
    assert found == [f"Ward {SECOND} Birchwick has no row for sex “M”. Add it, with 0 if nobody lives there."]


def test_a_ward_without_a_whole_dimension_is_refused():
    lines = figures_csv().decode().splitlines()
    assert "sex “F”, “M”" in problems("\n".join(lines[:-2]).encode())[0]


def test_a_ward_with_two_names_is_refused():
    content = figures_csv().replace(b"Ashford,age,16+", b"Ashfort,age,16+")
    assert "is “Ashfort” here and “Ashford” in row 2" in problems(content)[0]


def test_a_dimension_with_two_bases_is_refused():
    heading = "ward_code,dimension,group,count,population_base"
    rows = [f"{FIRST},age,young,1,all", f"{FIRST},age,old,1,16+"]
    assert "age counts “16+” here and “all” in row 2" in problems("\n".join([heading, *rows]).encode())[0]
    assert "neither “all” nor “16+”" in problems(f"{heading}\n{FIRST},age,young,1,18+".encode())[0]


def test_a_dimension_named_16plus_counts_people_of_16_and_over():
    report = read_baseline(figures_csv(groups=[("sex_16plus", "F", 1)]))
    assert report.figures[0].base == "16+"


def test_totals_more_than_5_per_cent_apart_are_a_warning_and_no_problem():
    far = read_baseline(figures_csv(groups=[("age", "all", 100), ("sex", "all", 94)]))
    near = read_baseline(figures_csv(groups=[("age", "all", 100), ("sex", "all", 95)]))
    assert far.usable
    assert "age adds up to 100 and sex to 94, which is 6% apart" in str(far.warnings[0])
    assert near.warnings == ()


def test_totals_of_different_bases_are_not_compared():
    assert read_baseline(figures_csv(groups=[("age", "all", 100), ("sex_16plus", "F", 50)])).warnings == ()


def test_zero_is_a_count_and_a_ward_with_nobody_is_a_warning():
    report = read_baseline(figures_csv(groups=[("age", "0-15", 0), ("age", "16+", 0)]))
    assert report.usable
    assert "nobody at all in age" in str(report.warnings[0])


@pytest.mark.parametrize("missing", baselines.REQUIRED)
def test_a_missing_column_is_named_with_the_columns_there_are(missing):
    content = figures_csv().replace(missing.encode(), b"other", 1)
    with pytest.raises(FileNotUsable, match=rf"column {missing} is missing from the heading row, which has: .*other"):
        read_baseline(content)


def test_a_heading_without_rows_is_refused():
    with pytest.raises(FileNotUsable, match="a heading and no rows"):
        read_baseline(b"ward_code,dimension,group,count\n")


def test_a_file_of_many_councils_and_a_huge_file_are_refused():
    wards = {f"E05{n:06}": "Ward" for n in range(baselines.MOST_WARDS + 1)}
    with pytest.raises(FileNotUsable, match="holds 201 wards"):
        read_baseline(figures_csv(wards))
    with pytest.raises(FileNotUsable, match="larger than 10 MB"):
        read_baseline(b"x" * (baselines.LARGEST_FILE + 1))


def test_made_up_wards_need_demo_mode_and_say_that_they_are_made_up():
    made_up = {"X99000001": "Nowhere"}
    marked = figures_csv(made_up, source="SYNTHETIC DEMO - NOT REAL")
    assert read_baseline(marked, demo=True).usable
    assert not read_baseline(marked).usable
    assert "must be “SYNTHETIC DEMO - NOT REAL”" in problems(figures_csv(made_up), demo=True)[0]
    assert "is a real one" in problems(figures_csv(source="SYNTHETIC DEMO - NOT REAL"), demo=True)[0]


def test_british_dates_are_read_as_day_month_year():
    assert str(read_baseline(figures_csv(date="21/03/2021")).figures[0].date) == "2021-03-21"


def test_problems_come_in_the_order_of_their_rows():
    bad = figures_csv().replace(b"Birchwick,sex,M,49", b"Birchwick,sex,M,x").replace(b"age,16+,80", b"age,0-15,80", 1)
    rows = [problem.row for problem in read_baseline(bad).problems]
    assert rows == sorted(rows) == [3, 9]
