import io

import pytest

from pbudget.wards.rules.tables import FileNotUsable, RaggedRow, open_table, read_table

PLAIN = "ward_code,group,count\nE05000001,Café,12\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_every_usual_encoding_reads_the_same(encoding):
    assert read_table(PLAIN.encode(encoding)).rows[0].cells["group"] == "Café"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_comma_semicolon_and_tab_read_the_same(separator):
    assert read_table(PLAIN.replace(",", separator).encode()).rows[0].cells["count"] == "12"


def test_the_separator_line_of_excel_is_understood():
    assert read_table(b"sep=;\r\n" + PLAIN.replace(",", ";").encode()).rows[0].cells["count"] == "12"


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_line_ending_reads_the_same(ending):
    assert len(read_table(PLAIN.replace("\n", ending).encode()).rows) == 1


def test_headings_may_have_capitals_spaces_and_hyphens():
    assert read_table(b"Ward Code,Population-base\nE05000001,all\n").headings == ("ward_code", "population_base")


def test_blank_columns_and_blank_rows_of_a_spreadsheet_are_left_out():
    table = read_table(b"ward_code,count,,\nE05000001,12,,\n,,,\n\nE05000002,13,,\n")
    assert table.headings == ("ward_code", "count")
    assert [(row.number, row.cells["count"]) for row in table.rows] == [(2, "12"), (5, "13")]


def test_a_quoted_newline_counts_as_one_spreadsheet_row():
    table = read_table(b'ward_code,group\nE05000001,"two\nlines"\nE05000002,one\n')
    assert [row.number for row in table.rows] == [2, 3]


def test_a_row_with_too_few_or_too_many_cells_is_marked_by_its_number():
    table = read_table(b"ward_code,group,count\nE05000001,a\nE05000001,a,1,2\n")
    assert table.rows == (RaggedRow(2, 2, 3), RaggedRow(3, 4, 3))


UNREADABLE = pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n", "empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "picture (PNG)"),
        (b"PK\x03\x04" + bytes(50), "XLSX"),
        (b"%PDF-1.7 ", "PDF"),
        (b"\xd0\xcf\x11\xe0" + bytes(50), "old Excel"),
        (b"ward_code,count\nE05\x00000001,1\nE05000002,2\n", "Line 2 holds a NUL"),
        (b"ward_code,group\nE05000001,\x81\x8d\n", "no text in any usual encoding"),
        (b'ward_code,group\nE05000001,"open\n', "never closed"),
        (b'ward_code,group\nE05000001,"a"b\n', "after a closing quotation mark"),
        (b"ward_code,group\nE05000001," + b"x" * 200_000 + b"\n", "longer than"),
        (b"count,count\n1,2\n", "stands over two columns"),
    ],
)


@UNREADABLE
def test_a_file_that_is_no_table_is_refused_in_words(content, says):
    with pytest.raises(FileNotUsable) as refusal:
        read_table(content)
    assert says in str(refusal.value)
    assert "\n" not in str(refusal.value)


@UNREADABLE
def test_row_by_row_the_same_files_are_refused_in_the_same_words(content, says):
    with pytest.raises(FileNotUsable) as refusal, open_table(io.BytesIO(content)) as table:
        list(table.rows)
    assert says in str(refusal.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("start", ["", "sep=;\r\n"])
def test_row_by_row_every_encoding_reads_as_it_does_whole(encoding, start):
    content = (start + PLAIN.replace(",", ";") + "\n;;\nE05000002;two;2;\n").encode(encoding)
    whole = read_table(content)
    with open_table(io.BytesIO(content)) as streamed:
        assert (streamed.headings, tuple(streamed.rows)) == (whole.headings, whole.rows)


def test_a_wrong_byte_far_into_a_long_file_is_found_before_any_row_is_read():
    content = b"ward_code,group\n" + b"E05000001,a\n" * 200_000 + b"E05000001,\xe9\n"
    with open_table(io.BytesIO(content)) as table:
        assert table.encoding == "cp1252"


@pytest.mark.parametrize("heading", [b"a," * 100_000, ",".join(f"c{n}" for n in range(100_000)).encode()])
def test_a_heading_of_a_hundred_thousand_columns_is_refused_at_once(heading):
    with pytest.raises(FileNotUsable, match="at most 1,000 can be read"):
        read_table(heading + b"\n1,2\n")
