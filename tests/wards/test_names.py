"""Names as they come in files: what may stand on a page, a map and in a spreadsheet."""

import pytest

from pbudget.wards.rules.names import why_not_a_name


@pytest.mark.parametrize("name", ["Bishop's", "Ynys Môn", "Łódź", "בת ים", "مدينة", "St. Mary\u2019s & All Saints"])
def test_a_name_in_any_script_is_taken(name):
    assert why_not_a_name(name) is None


@pytest.mark.parametrize("hidden", ["\u202e", "\u202b", "\u2066", "\u2069", "\u2028", "\u2029", "\0", "\x85"])
def test_a_character_nobody_sees_that_turns_or_breaks_the_text_after_it_is_refused(hidden):
    assert "invisible control character" in why_not_a_name(f"North{hidden}gate")


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_a_name_that_a_spreadsheet_would_run_is_refused(start):
    assert "would run as a formula" in why_not_a_name(f"{start}1+1")
