"""Money as people read it."""

import pytest

from pbudget.kit.money import NO_BREAK_SPACE, amount_text, format_money


@pytest.mark.parametrize(
    ("minor", "currency", "said"),
    [
        (5233400, "GBP", "£52,334"),
        (2427, "GBP", "£24.27"),
        (2420, "GBP", "£24.20"),
        (0, "GBP", "£0"),
        (-300, "GBP", "-£3"),
        (100000000, "EUR", "€1,000,000"),
        (160300000, "PLN", "1,603,000_zł"),
        (300000000, "HUF", "3,000,000_Ft"),
        (500000, "CHF", "CHF_5,000"),
        (500000, "XYZ", "XYZ_5,000"),
        (500050, "", "5,000.50"),
    ],
)
def test_an_amount_is_said_with_its_currency_where_readers_expect_it(minor: int, currency: str, said: str) -> None:
    assert format_money(minor, currency) == said.replace("_", NO_BREAK_SPACE)


def test_money_finer_than_two_decimals_is_printed_in_full() -> None:
    assert format_money(1000125, "GBP", 1000) == "£1,000.125"
    assert format_money(1000100, "GBP", 1000) == "£1,000.10"


@pytest.mark.parametrize(
    ("minor", "units", "text"),
    [(5233400, 100, "52334"), (5233450, 100, "52334.50"), (-5, 100, "-0.05"), (12345678, 10000, "1234.5678")],
)
def test_an_amount_as_plain_text_loses_nothing(minor: int, units: int, text: str) -> None:
    assert amount_text(minor, units) == text
