"""The shared macros: what they draw is what their words say, and nobody's text becomes markup."""

import pytest
from bs4 import BeautifulSoup
from flask import Flask, render_template_string


@pytest.fixture
def render(sqlite_app: Flask):
    """Renders a template's text and parses it, as a page at / would."""

    def rendered(source: str, **values) -> BeautifulSoup:
        with sqlite_app.test_request_context("/"):
            return BeautifulSoup(render_template_string(source, **values), "html.parser")

    return rendered


BAR = '{% from "components/bars.html" import money_bar %}{{ money_bar("£5 of £10.", parts, whole) }}'


def widths(soup: BeautifulSoup, selector: str) -> list[float]:
    return [float(part["width"]) for part in soup.select(selector)]


def test_a_money_bar_says_it_in_words_and_hides_the_drawing(render):
    soup = render(BAR, parts=[300, 200], whole=1000)
    assert soup.select_one(".money-bar__words").text == "£5 of £10."
    assert soup.svg["aria-hidden"] == "true"


def test_the_parts_of_a_money_bar_stand_side_by_side_in_their_shares(render):
    soup = render(BAR, parts=[300, 200], whole=1000)
    assert widths(soup, ".money-bar__part") == [300, 200]
    assert [float(part["x"]) for part in soup.select(".money-bar__part")] == [0, 300]


def test_a_money_bar_over_its_pot_marks_where_the_pot_ends(render):
    soup = render(BAR, parts=[1500, 500], whole=1000)
    assert widths(soup, ".money-bar__whole") == [500]
    assert sum(widths(soup, ".money-bar__part")) == 1000
    assert float(soup.select_one(".money-bar__limit")["x"]) == 498


@pytest.mark.parametrize(("parts", "whole"), [([], 0), ([0, 0], 0), ([], 500)])
def test_an_empty_money_bar_is_drawn_without_dividing_by_nothing(render, parts, whole):
    assert not any(widths(render(BAR, parts=parts, whole=whole), ".money-bar__part"))


def test_hundreds_of_parts_are_drawn_as_one(render):
    soup = render(BAR, parts=[1] * 500, whole=1000)
    assert widths(soup, ".money-bar__part") == [500]


TABLE = (
    '{% from "components/table.html" import data_table %}'
    '{{ data_table("Projects", [{"text": "Project"}, {"text": "Cost", "numeric": true}], rows) }}'
)


def test_a_table_keeps_its_roles_and_labels_when_it_is_shown_as_cards(render):
    soup = render(TABLE, rows=[["Skate park", "£12,000"]])
    assert soup.table["role"] == "table"
    assert soup.caption.text == "Projects"
    assert soup.select_one('th[scope="row"][role="rowheader"]').text == "Skate park"
    cell = soup.select_one('td[role="cell"]')
    assert (cell["data-label"], cell.text) == ("Cost", "£12,000")
    assert "govuk-table__cell--numeric" in cell["class"]


def test_a_cell_can_be_a_link_and_name_its_language(render):
    soup = render(TABLE, rows=[[{"text": "Plac zabaw", "href": "/about", "lang": "pl"}, "1"]])
    assert (soup.a["href"], soup.a["lang"], soup.a.text) == ("/about", "pl", "Plac zabaw")


def test_what_people_typed_stays_text(render):
    typed = '<img src=x onerror="alert(1)">'
    soup = render(TABLE, rows=[[typed, {"text": typed}]])
    assert not soup.find("img")
    assert soup.td.text == typed


PAGES = (
    '{% from "components/pagination.html" import pagination %}'
    '{{ pagination(page, pages, "rounds.rounds", order="cost") }}'
)


def test_one_page_needs_no_pagination(render):
    assert not render(PAGES, page=1, pages=1).find("nav")


def test_pagination_shows_the_ends_and_the_neighbours_and_keeps_the_rest_of_the_address(render):
    soup = render(PAGES, page=6, pages=17)
    numbers = [link.get_text(strip=True) for link in soup.select(".govuk-pagination__list a")]
    assert numbers == ["1", "5", "6", "7", "17"]
    assert soup.select_one('[aria-current="page"]').get_text(strip=True) == "6"
    assert soup.select_one('a[rel="next"]')["href"] == "/rounds?page=7&order=cost"
    assert soup.select_one('a[rel="prev"]')["href"] == "/rounds?page=5&order=cost"


@pytest.mark.parametrize(("page", "missing"), [(1, "prev"), (17, "next")])
def test_the_first_and_the_last_page_lead_only_inwards(render, page, missing):
    assert not render(PAGES, page=page, pages=17).select(f'a[rel="{missing}"]')


def test_key_facts_are_a_list_of_terms_and_figures(render):
    soup = render(
        '{% from "components/summary.html" import key_facts %}'
        '{{ key_facts([{"label": "Residents", "figure": "12,345", "note": "ONS, 2021"},'
        ' {"label": "Pot", "figure": "£5"}]) }}'
    )
    assert [dt.text for dt in soup.select("dl dt")] == ["Residents", "Pot"]
    assert [dd.find(string=True) for dd in soup.select("dl dd")] == ["12,345", "£5"]
