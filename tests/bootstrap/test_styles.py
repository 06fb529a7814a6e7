"""What only GOV.UK may use does not reach a council's pages."""

import re

import pytest

from pbudget.bootstrap.places import Places
from pbudget.bootstrap.stops import AssetsNotClean
from pbudget.bootstrap.styles import SYSTEM_FONTS, council_styles, without_source_map


def test_the_font_its_rules_and_its_notice_go_and_system_fonts_come() -> None:
    sheet = (
        "a{color:red}/*! Copyright (c) 2011 by Margaret Calvert & Henrik Kubel. */"
        "@font-face{font-family:GDS Transport;src:url(/f.woff2)}"
        '@font-face {font-family:"GDS Transport";src:url(/g.woff2)}'
        ".govuk-link{font-family:GDS Transport,arial,sans-serif}.b{font-family:'GDS Transport',arial}"
    )
    assert council_styles(sheet) == (
        f"a{{color:red}}.govuk-link{{font-family:{SYSTEM_FONTS},arial,sans-serif}}.b{{font-family:{SYSTEM_FONTS},arial}}"
    )


def test_the_royal_arms_go() -> None:
    assert council_styles("a{background:url(/assets/images/govuk-crest.svg) 0 0}") == "a{background:none 0 0}"


@pytest.mark.parametrize(
    "left",
    [
        "@FONT-FACE {font-family:x",
        "a{font-family:gds-transport}",
        "a{background:url(/assets/images/govuk-crown.svg)}",
        "a{background:url(/other.png)}",
    ],
)
def test_a_style_sheet_that_is_not_clean_stops_set_up(left: str) -> None:
    with pytest.raises(AssetsNotClean, match="still holds"):
        council_styles(left)


def test_pictures_inside_the_style_sheet_may_stay() -> None:
    sheet = "a{background:url(data:image/svg+xml;base64,PHN2Zz4=)}"
    assert council_styles(sheet) == sheet


def test_no_file_points_at_a_map_that_is_not_served() -> None:
    assert without_source_map("x()//# sourceMappingURL=a.js.map\n") == "x()\n"
    assert without_source_map("a{}\n/*# sourceMappingURL=a.css.map */\n") == "a{}\n"
    assert without_source_map("x()") == "x()"


def test_the_style_sheet_that_pages_use_is_clean_and_complete() -> None:
    sheet = (Places().vendor / "govuk-frontend.min.css").read_text(encoding="utf-8")
    assert not re.search(r"@font-face|gds.?transport|crest", sheet, re.IGNORECASE)
    assert ".govuk-button" in sheet
    assert sheet.count("{") == sheet.count("}")
