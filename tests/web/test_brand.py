"""The council's dress: one colour in the settings gives every shade, and each of them can be read."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app import create_app
from pbudget.config import ROOT, contrast_with_white
from pbudget.web.brand import WHITE, contrast, darkened_for, mix, palette
from tests.conftest import make_settings

COLOURS = st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06x}")
PALEST_ACCEPTED = "#767676"
FOCUS_YELLOW = "#ffdd00"


def test_mixing_half_black_and_half_white_is_grey():
    assert mix("#000000", "#ffffff", 0.5) == "#808080"


def test_contrast_agrees_with_the_worked_figures_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_a_colour_that_can_be_read_is_left_as_it_is():
    assert darkened_for("#0b4f6c", WHITE) == "#0b4f6c"


def test_a_colour_too_pale_for_its_surface_is_darkened_only_as_far_as_needed():
    surface = "#eeeeee"
    shade = darkened_for(PALEST_ACCEPTED, surface)
    assert 4.5 <= contrast(shade, surface) < 5.2


@settings(max_examples=300)
@given(COLOURS)
def test_every_accepted_colour_gives_links_and_header_that_can_be_read(colour):
    assume(contrast_with_white(colour) >= 4.5)
    shades = palette(colour)
    link, hover = shades["--govuk-link-colour"], shades["--govuk-link-hover-colour"]
    surface = shades["--govuk-surface-background-colour"]
    for text in (link, hover):
        assert contrast(text, WHITE) >= 4.5
        assert contrast(text, surface) >= 4.5
    assert contrast("#484949", surface) >= 4.5, "secondary text on the footer"
    assert contrast(shades["--govuk-brand-colour"], WHITE) >= 4.5
    assert contrast(shades["--govuk-brand-colour"], shades["--council-tint"]) >= 3, "the parts of a money bar"


def test_every_custom_property_is_one_the_style_sheets_read():
    sheets = (ROOT / "static/vendor/govuk-frontend.min.css").read_text() + (ROOT / "static/css/site.css").read_text()
    for name in palette("#0b4f6c"):
        assert f"var({name}" in sheets, f"Nothing reads {name}: take it out of pbudget/web/brand.py"


def test_council_name_logo_text_and_colour_come_from_the_settings(tmp_path):
    app = create_app(
        make_settings(tmp_path, council_name="Ashmere Council", logo_text="ASHMERE", brand_colour="#5b2d8e")
    )
    client = app.test_client()
    page = client.get("/about").text
    assert "– Ashmere Council</title>" in page
    assert "ASHMERE" in page
    assert "--govuk-brand-colour: #5b2d8e" in client.get("/brand.css").text
    assert 'fill="#5b2d8e"' in client.get("/mark.svg").text


def test_a_council_name_with_markup_in_it_is_text(tmp_path):
    app = create_app(make_settings(tmp_path, council_name="<b>Bold</b> & Sons", logo_text="<i>x</i>"))
    page = app.test_client().get("/about").text
    assert "<b>Bold" not in page
    assert "<i>x" not in page


def test_nothing_on_the_page_says_gov_uk_or_shows_a_crown(client):
    page = client.get("/")
    assert "GOV.UK" not in page.text
    html = page.response.text.lower()
    for forbidden in ("govuk-header__", "govuk-footer", "crest", "crown", "favicon.ico"):
        assert forbidden not in html, f"{forbidden} is for gov.uk only"
    site = (ROOT / "static/css/site.css").read_text().lower()
    assert "gds transport" not in site
    assert "@font-face" not in site


def test_the_demonstration_says_so_on_every_screen(client, tmp_path):
    (tmp_path / "demo-notice.txt").write_text("Ashmere is not a real borough.", encoding="utf-8")
    for path, status in (("/", 200), ("/privacy", 200), ("/no-such-page", 404)):
        assert "Ashmere is not a real borough." in client.get(path, status=status).one(".demo-notice").text


def test_a_real_service_has_no_demonstration_strip(client):
    assert not client.get("/").soup.select(".demo-notice")
