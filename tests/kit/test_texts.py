"""Characters nobody can see."""

import pytest

from pbudget.kit.texts import is_hidden, without_hidden


@pytest.mark.parametrize("hidden", ["\u202e", "\u2066", "\x00", "\x1b", "\x85"])
def test_what_hides_or_turns_text_goes(hidden):
    assert is_hidden(hidden)
    assert without_hidden(f"Park {hidden}£5") == "Park £5"


@pytest.mark.parametrize("text", ["Park £5", "حديقة", "👩‍🌾 garden", "line\nline\tcell", "", "café"])
def test_everything_else_stays(text):
    assert without_hidden(text) == text
