"""Files that cannot be counted without guessing are refused with the file, the line and the reason, in one line."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pbudget.kit.errors import BadInput
from pbudget.tally import pbtext
from pbudget.tally.pabulib import read
from tests.tally.builders import pb_file

GOOD = pb_file()


def refusal(source: bytes | Path) -> str:
    """What is said of a file that is refused."""
    with pytest.raises(BadInput) as caught:
        read(source, name="a.pb" if isinstance(source, bytes) else "")
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (b"", "a.pb: the file is empty."),
        (b" \n\n", "a.pb: the file is empty."),
        (b"META\nkey;value\ndescription;" + b"x" * 200_000, "a.pb, line 3: a text is longer than 131,072 characters"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a.pb: this is a PNG picture, not a Pabulib file."),
        (b"PK\x03\x04rest", "a.pb: this is a ZIP archive or a spreadsheet, not a Pabulib file."),
        (b"id,name\n1,Park\n", "a.pb, line 1: a Pabulib file starts with the line META."),
        (GOOD.replace(b"Park", b"P\0rk"), "a.pb, line 17: there is a zero byte, so this is not a text file."),
        (GOOD[:10], "a.pb: the section PROJECTS is missing: the file is cut off or is not a Pabulib file."),
        (GOOD[: GOOD.index(b"VOTES")], "a.pb: the section VOTES is missing: the file is cut off or"),
        (GOOD[: GOOD.index(b"voter_id")], "a.pb: VOTES has no header: the file is cut off."),
        (GOOD.replace(b"3;2\n", b""), "a.pb, line 8: META says num_votes is 3 and the file has 2 ballots: it is cut"),
        (pb_file(num_projects=3), "a.pb, line 7: META says num_projects is 3 and the file has 2 projects"),
        (pb_file(num_votes="many"), "a.pb, line 8: num_votes “many” is not a whole number."),
        (pb_file(projects="", votes="1;\n"), "a.pb: PROJECTS lists no project."),
        (pb_file(votes="1;1\n2;1,7\n"), "a.pb, line 22: a ballot names project “7”, which is not in PROJECTS."),
        (pb_file(projects="1;60;Park\n1;50;Bench\n"), "a.pb, line 18: project “1” is listed twice, first on line 17."),
        (pb_file(projects=";60;Park\n2;50;Bench\n"), "a.pb, line 17: a project has no project_id."),
        (pb_file(projects="1;-60;Park\n2;50;Bench\n"), "a.pb, line 17: the cost of 1 “-60” is below zero."),
        (pb_file(projects="1;;Park\n2;50;Bench\n"), "a.pb, line 17: the cost of 1 is missing."),
        (pb_file(projects="1;nan;Park\n2;50;B\n"), "a.pb, line 17: the cost of 1 “nan” is not an amount of money."),
        (pb_file(projects="1;1e99;Park\n2;50;B\n"), "the cost of 1 “1e99” is not an amount of money."),
        (pb_file(projects=f"1;{10**12};Park\n2;50;B\n"), "is more than a million million, which cannot be right."),
        (pb_file(projects="1;12,500;Park\n2;5;B\n"), "“12,500” may be 12.500 or 12500; write it without a comma."),
        (pb_file(budget="lots"), "a.pb, line 9: the budget “lots” is not an amount of money."),
        (pb_file(budget=None), "a.pb: META does not say budget."),
        (pb_file(vote_type=None), "a.pb: META does not say vote_type."),
        (pb_file(vote_type="guess"), "a.pb, line 10: vote_type “guess” is not known; the types are approval"),
        (GOOD.replace(b"PROJECTS\n", b"budget;200\nPROJECTS\n"), "line 15: META says budget twice, first on line 9."),
        (GOOD.replace(b"project_id;cost", b"project_id;price"), "the header of PROJECTS has no column “cost”."),
        (pb_file(header="voter_id;choice"), "the header of VOTES needs one column “vote” and has 0."),
        (pb_file(vote_type="cumulative"), "the header of VOTES needs one column “points” and has 0."),
        (pb_file(projects="1;60;Park; with pond\n2;50;B\n"), "has 4 fields and its header 3 (the first too many is"),
        (pb_file(votes="1\n2;1\n"), "a.pb, line 21: the row has 1 of 2 fields and no vote: the file may be cut off."),
        (GOOD.replace(b"Park", b'"Park'), "a.pb: the section VOTES is missing: the file is cut off or"),
        (GOOD + b"PROJECTS\n", "a.pb, line 24: the section PROJECTS comes after VOTES; VOTES must be last."),
        (b"META\nkey;value\nVOTES\n", "a.pb, line 3: VOTES stands where PROJECTS should: the order is META, PROJ"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(source: bytes, said: str) -> None:
    assert said in refusal(source)


@pytest.mark.parametrize(
    ("votes", "said"),
    [
        ("1;1,2;3\n", "line 21: a ballot names projects and gives points in different numbers (2 and 1)."),
        ("1;1;3,2\n", "line 21: a ballot names projects and gives points in different numbers (1 and 2)."),
        ("1;1;\n", "line 21: a ballot names projects and gives points in different numbers (1 and 0)."),
        ("1;1;-3\n", "line 21: a ballot gives -3 points, and points cannot be below zero."),
        ("1;1;three\n", "line 21: a ballot gives “three” points, which is not a number."),
        ("1;1,1;3,2\n", "line 21: a ballot gives the same project points twice, and not the same number."),
        ("1;,1;3,2\n", "line 21: a ballot gives points without naming a project."),
    ],
)
def test_points_that_can_be_read_two_ways_are_refused(votes: str, said: str) -> None:
    assert said in refusal(pb_file(votes=votes, header="voter_id;vote;points", vote_type="cumulative"))


@pytest.mark.parametrize("encoding", ["cp1250", "latin-1"])
def test_another_encoding_is_refused_with_the_line_and_read_when_it_is_named(encoding: str) -> None:
    file = GOOD.decode().replace("Park", "Zieleń" if encoding == "cp1250" else "Forêt").encode(encoding)
    assert "a.pb, line 17: the byte 0x" in refusal(file)
    assert "name its encoding with --encoding" in refusal(file)
    assert read(file, encoding=encoding).projects[0].name in ("Zieleń", "Forêt")


def test_an_encoding_that_does_not_exist_is_refused() -> None:
    with pytest.raises(BadInput, match="“klingon” is not an encoding"):
        read(GOOD, encoding="klingon")


WHOLE = pb_file(
    votes="1;1;30\n2;2;41\n",
    header="voter_id;vote;age",
    projects="1;60;Park;1\n2;50;Bench;1\n12;9;Tree;0\n",
    columns="project_id;cost;name;votes",
)


@pytest.mark.parametrize("lost", [1, 2, 3, 4, 5, 6, 7])
def test_a_file_cut_off_anywhere_in_its_last_line_is_refused_or_says_the_same(lost: int) -> None:
    cut = WHOLE[:-lost]
    if cut.endswith(b"\n2;2;") or lost < 4:  # only the voter's age suffered
        assert read(cut).classes == read(WHOLE).classes
    else:
        assert "cut off" in refusal(cut)


def test_a_last_ballot_that_lost_a_digit_is_noticed_by_the_votes_each_project_is_said_to_have() -> None:
    whole = pb_file(
        votes="1;1\n2;12\n",
        projects="1;60;Park;1\n12;9;Tree;1\n",
        columns="project_id;cost;name;votes",
    )
    assert read(whole).notices == ()
    assert "the last line is not finished, and PROJECTS says votes 1 1 (the ballots give 2)" in refusal(whole[:-2])


def test_a_folder_a_missing_file_and_a_device_are_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path) == f"{tmp_path.name}: this is a folder, not a Pabulib file."
    assert refusal(tmp_path / "none.pb") == "none.pb: there is no such file."
    assert refusal(Path("/dev/zero")) == "zero: this is not an ordinary file."


def test_a_file_of_300_megabytes_is_refused_without_being_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    large = tmp_path / "large.pb"
    with large.open("wb") as file:
        file.truncate(300_000_000)
    monkeypatch.setattr(Path, "read_bytes", _must_not_be_called)
    assert refusal(large) == "large.pb: the file has 300 MB and the limit is 64 MB."


def _must_not_be_called(path: Path) -> bytes:
    raise AssertionError(f"{path} was read")


def test_bytes_beyond_the_limit_are_refused_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pbtext, "LARGEST_FILE", len(GOOD) - 1)
    assert "and the limit is" in refusal(GOOD)


@pytest.mark.parametrize("spoil", [lambda b: b[: len(b) // 2], lambda b: b[: len(b) * 9 // 10], lambda b: b[:-40]])
def test_a_real_file_cut_off_in_the_middle_is_refused(shared_data: Path, spoil: Callable[[bytes], bytes]) -> None:
    whole = (shared_data / "pabulib" / "Netherlands_Amsterdam_332.pb").read_bytes()
    assert "cut off" in refusal(spoil(whole))
