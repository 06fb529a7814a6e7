import io
from datetime import date

import pytest

from pbudget.roll.rules.roll_columns import RollColumnsMissing, find_columns
from pbudget.roll.rules.roll_file import PROBLEMS_SHOWN, RollReport, RollTerms, Seen, check_roll, rows_of
from pbudget.wards.rules.tables import FileNotUsable, open_table

FIRST, SECOND, ELSEWHERE = "X99000001", "X99000002", "X99000009"
TERMS = RollTerms({FIRST: 1, SECOND: 2}, {"SE17AB": FIRST, "SE17XX": ELSEWHERE}, 16, date(2027, 3, 14))
NAMED = "ward_code,name,address_1,address_2,postcode\n"


def check(text: str | bytes, terms: RollTerms = TERMS, seen: Seen | None = None) -> RollReport:
    with open_table(io.BytesIO(text.encode() if isinstance(text, str) else text)) as table:
        return check_roll(table, terms, seen)


def only_problem(text: str, terms: RollTerms = TERMS) -> str:
    report = check(text, terms)
    assert report.number_of_problems == 1, report.problems
    assert not report.usable
    return report.problems[0]


@pytest.mark.parametrize(
    ("headings", "kind"),
    [
        (("ward_code", "name", "address"), "named"),
        (("postcode", "first_name", "surname"), "named"),
        (("ward_code", "address_line_1", "town", "postcode", "codes"), "address"),
        (("ward_code", "count"), "count"),
    ],
)
def test_the_kind_of_roll_is_seen_from_its_headings(headings, kind):
    assert find_columns(headings).kind == kind


@pytest.mark.parametrize(
    ("headings", "says"),
    [
        (("name", "address"), "no ward_code and no postcode: it has name, address"),
        (("ward_code", "uprn"), "no name, address or count"),
        (("ward_code", "address"), "Add a column “codes”"),
    ],
)
def test_a_missing_column_is_named(headings, says):
    with pytest.raises(RollColumnsMissing, match=says):
        find_columns(headings)


def test_columns_that_are_not_needed_are_named_and_not_kept():
    report = check("ward_code,name,national_insurance\nX99000001,Test Resident,AB123456C\n")
    assert report.ignored == ("national_insurance",)
    assert "AB123456C" not in repr(report)


def test_a_named_row_keeps_its_address_line_by_line():
    with open_table(io.BytesIO((NAMED + "x99000001, Test  Resident ,Flat 1,1 Test Road,se17ab\n").encode())) as table:
        (row,) = rows_of(table, TERMS)
    assert (row.ward_code, row.name, row.address, row.postcode) == (
        FIRST,
        "Test Resident",
        "Flat 1\n1 Test Road",
        "SE1 7AB",
    )


def test_an_address_in_one_cell_is_cut_at_its_commas_and_fits_the_window():
    text = 'ward_code,address,codes\nX99000001,"1, 2, 3, 4, 5, 6, 7, 8",2\n'
    (row,) = check(text).first_rows
    assert row.address.split("\n") == ["1", "2", "3", "4", "5", "6, 7, 8"]
    assert row.codes == 2


def test_without_a_ward_code_the_postcode_says_which_ward():
    report = check("name,postcode\nTest Resident,se1 7ab\n")
    assert report.usable
    assert report.by_ward == {FIRST: 1}


def test_a_count_only_roll_counts_places():
    report = check('ward_code,count\nX99000001,"1,200"\nX99000002,3\n')
    assert (report.codes, report.by_ward[SECOND]) == (1203, 3)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("X99000009,Test,1 Road,,", "Row 2: ward X99000009 is not in this round"),
        (",Test,1 Road,,", "neither a ward code nor a postcode"),
        (",Test,1 Road,,SE1 7XX", "postcode SE1 7XX is in no ward of this round"),
        ("X99000001,Test,1 Road,,SE17", "“SE17” is not a full postcode"),
        ("X99000001,,1 Road,,", "has no name"),
        (f"X99000001,{'x' * 201},1 Road,,", "longer than 200"),
        (f"X99000001,Test,{'x' * 501},,", "longer than 500"),
        ("X99000001,Test", "has 2 cells where the heading has 5"),
        ("X99000001,Test,1 Road,,,extra", "has 6 cells"),
    ],
)
def test_a_bad_row_is_named_by_its_number_with_what_is_wrong(row, says):
    assert says in only_problem(NAMED + row + "\n")


@pytest.mark.parametrize("codes", ["", "0", "-1", "51", "two", "1.5", "٣", "1e3", "99999999999"])
def test_a_number_of_codes_is_a_whole_number(codes):
    assert "no number from 1 to 50" in only_problem(f'ward_code,address,codes\nX99000001,1 Road,"{codes}"\n')


@pytest.mark.parametrize("email", ["nobody", "a@b", "a b@example.org", "a@example.org, b@example.org"])
def test_an_email_address_that_cannot_be_one_is_refused(email):
    assert "is not an email address" in only_problem(f'ward_code,name,email\nX99000001,Test,"{email}"\n')


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Test Resident,1 Test Road", "TEST RESIDENT,1 Test Road."),
        ("Test Resident,1 Test Road", "test  resident,1  Test Road"),
    ],
)
def test_the_same_person_twice_is_found_whatever_the_capitals(first, second):
    problem = only_problem(f"ward_code,name,address_1\nX99000001,{first}\nX99000001,{second}\n")
    assert problem.startswith("Row 3: is the same name and address as row 2")


def test_two_dates_of_birth_are_two_people():
    text = "ward_code,name,address_1,dob\nX99000001,Test,1 Road,1950-01-02\nX99000001,Test,1 Road,1980-01-02\n"
    assert check(text).usable


def test_the_same_address_or_ward_twice_is_found():
    assert "same address as row 2" in only_problem("ward_code,address,codes\nX99000001,1 Road,1\nX99000001,1 Road,2\n")
    assert "same ward as row 2" in only_problem("ward_code,count\nX99000001,1\nX99000001,2\n")


@pytest.mark.parametrize(
    ("born", "fine"),
    [("2011-03-14", True), ("14/03/2011", True), ("2011-03-15", False), ("15.03.2011", False), ("1931-12-01", True)],
)
def test_age_counts_on_the_last_day_of_voting(born, fine):
    report = check(f"ward_code,name,date_of_birth\nX99000001,Test,{born}\n")
    assert report.usable is fine
    assert report.problems_by_kind == ({} if fine else {"under age": 1})


@pytest.mark.parametrize("born", ["03/14/2010", "2010", "14 March 2010", "31/02/2010", "1/1/10"])
def test_a_date_of_birth_that_is_no_date_day_first_is_refused(born):
    assert "no date of birth like 14/03/2008" in only_problem(f"ward_code,name,dob\nX99000001,Test,{born}\n")


def test_dates_of_birth_are_looked_at_and_not_kept():
    (row,) = check("ward_code,name,dob\nX99000001,Test,1950-01-02\n").first_rows
    assert "1950" not in repr(row)


def test_the_first_fifty_problems_are_shown_and_all_are_counted():
    report = check(NAMED + "X99000009,Test,1 Road,,\n" * 120)
    assert (len(report.problems), report.number_of_problems) == (PROBLEMS_SHOWN, 120)
    assert report.problems_by_kind == {"outside the wards of the round": 120}


def test_only_the_first_twenty_rows_are_shown():
    assert len(check("ward_code,name\n" + "".join(f"X99000001,Test {i}\n" for i in range(30))).first_rows) == 20


def test_a_heading_alone_is_no_roll():
    assert "there is nothing below it" in only_problem(NAMED)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_every_usual_encoding_and_separator_reads_the_same(encoding, separator):
    text = f"ward_code{separator}name{separator}postcode\r\nX99000001{separator}Zoë Test{separator}SE1 7AB\r\n"
    (row,) = check(text.encode(encoding)).first_rows
    assert (row.name, row.postcode) == ("Zoë Test", "SE1 7AB")


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n", b"PK\x03\x04", b'ward_code,name\nX99000001,"open\n'])
def test_what_is_no_csv_file_is_refused_whole(content):
    with pytest.raises(FileNotUsable):
        check(content)


def test_a_formula_is_kept_as_the_text_it_is():
    (row,) = check("ward_code,name\nX99000001,=HYPERLINK(1)\n").first_rows
    assert row.name == "=HYPERLINK(1)"


def test_control_characters_are_left_out():
    (row,) = check('ward_code,name\nX99000001,"Te\x07st\nResident"\n').first_rows
    assert row.name == "Te st Resident"


def test_rows_over_the_oldest_age_are_refused(tmp_path):
    from datetime import date

    from pbudget.roll.rules.roll_file import RollTerms, check_roll
    from pbudget.wards.rules.tables import open_table

    path = tmp_path / "young.csv"
    path.write_text("ward_code,name,age\nX99000001,Test One,17\nX99000001,Test Two,18\n")
    with path.open("rb") as file, open_table(file) as table:
        report = check_roll(table, RollTerms({"X99000001": 1}, {}, 11, date(2027, 3, 14), oldest=17))
    assert report.problems == ["Row 3: is for somebody over 17. Remove the row, or change the round’s oldest age."]
    assert report.problems_by_kind == {"over age": 1}
