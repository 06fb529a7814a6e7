import csv
import io
import xml.etree.ElementTree as ET
from datetime import UTC, datetime

import pytest
from flask import Flask

from pbudget.db import transaction
from pbudget.kit.clock import FixedClock
from pbudget.rounds.models import Pot, Round
from pbudget.wards.actions import import_boundaries, import_postcodes, load_baseline
from pbudget.wards.models import Postcode, Ward
from pbudget.wards.queries import ward
from pbudget.wards.rules.baselines import read_baseline
from pbudget.wards.rules.boundaries import read_boundaries
from tests.support.pages import PageClient
from tests.wards.building import FIRST, SECOND, THIRD, directory_csv, feature, figures_csv, geojson, square, two_wards

CLOCK = FixedClock(datetime(2026, 7, 1, tzinfo=UTC))
SVG = "{http://www.w3.org/2000/svg}"
LONG = "Llanfair-upon-the-Waterside and Saint Bartholomew-in-the-Marshes with Upper Thistlethwaite"


@pytest.fixture
def ashmere(client: PageClient) -> PageClient:
    """Two wards with boundaries and figures."""
    import_boundaries(read_boundaries(two_wards()), "Ashmere")
    load_baseline(read_baseline(figures_csv()), CLOCK)
    return client


@pytest.fixture
def with_postcodes(ashmere: PageClient, tmp_path) -> PageClient:
    path = tmp_path / "ONSPD_AUG_2025_UK.csv"
    path.write_bytes(directory_csv(("SE1 7AB", "", SECOND)))
    import_postcodes(path)
    return ashmere


def test_without_wards_the_page_says_so(client: PageClient):
    assert "No wards have been added yet" in client.get("/boroughs/").text
    assert client.get("/find-your-ward").text.count("Looking up wards by postcode is not set up yet")


def test_the_only_borough_is_shown_at_once_and_several_are_listed(ashmere: PageClient):
    assert ashmere.get("/boroughs/", status=302).response.location == "/boroughs/ashmere"
    load_baseline(read_baseline(figures_csv({THIRD: "Copsley"})), CLOCK, name="Windle")
    assert [link["href"] for link in ashmere.get("/boroughs/").soup.select("main li a")] == [
        "/boroughs/ashmere",
        "/boroughs/windle",
    ]


def test_a_borough_s_map_has_a_table_with_the_same_numbers_and_links(ashmere: PageClient):
    page = ashmere.get("/boroughs/ashmere")
    on_map = {link["href"]: link.title.text for link in page.soup.select(".ward-map__areas a")}
    rows = [[cell.get_text() for cell in row.find_all(["td", "th"])] for row in page.soup.select("tbody tr")]
    assert rows == [["1", "Ashford", "100"], ["2", "Birchwick", "100"]]
    in_table = {link["href"]: link.text for link in page.soup.select("tbody a")}
    assert in_table == on_map == {f"/wards/{FIRST}": "Ashford", f"/wards/{SECOND}": "Birchwick"}
    assert "2 wards, home to 200 people" in page.text
    assert "Test census, 21 March 2021" in page.text
    assert "Crown copyright" in page.text


def test_links_on_the_map_are_no_second_stop_for_the_keyboard(ashmere: PageClient):
    page = ashmere.get("/boroughs/ashmere")
    assert page.one(".ward-map__areas")["aria-hidden"] == "true"
    assert {link["tabindex"] for link in page.soup.select(".ward-map__areas a")} == {"-1"}


def test_a_ward_s_page_says_who_lives_there_where_it_is_and_what_is_next_to_it(ashmere: PageClient):
    page = ashmere.get(f"/wards/{FIRST}")
    assert page.one("h1").text == "Ashford"
    assert "Ashford is a ward in the west of Ashmere" in page.text
    assert [link.text for link in page.soup.select(".ward-neighbours a")] == ["Birchwick"]
    assert "16+ 80 80%" in page.text
    assert "Female 51 51%" in page.text
    assert page.text.count("Source: Test census, 21 March 2021.") == 2
    assert page.one(".ward-figure img")["alt"] == "Map of Ashmere with Ashford marked in the west"


def test_wards_without_boundaries_are_tiles_that_do_not_pretend_to_be_a_map(client: PageClient):
    load_baseline(read_baseline(figures_csv()), CLOCK, name="Ashmere")
    page = client.get("/boroughs/ashmere")
    assert "It is not a map" in page.text
    assert page.one(".ward-map img")["alt"].startswith("Tiles with the names")
    assert "not a map" in client.get(f"/wards/{FIRST}").text


def test_a_borough_with_some_boundaries_says_which_wards_are_not_on_the_map(ashmere: PageClient):
    load_baseline(read_baseline(figures_csv({FIRST: "", SECOND: "", THIRD: "Copsley"})), CLOCK, name="Ashmere")
    page = ashmere.get("/boroughs/ashmere")
    assert "not on the map" in page.text
    assert page.soup.select("tbody tr")[2].td.text == "–"
    assert "no map of it" in ashmere.get(f"/wards/{THIRD}").text


def test_wards_without_figures_say_so(client: PageClient):
    import_boundaries(read_boundaries(two_wards()), "Ashmere")
    assert "has not added population figures for these wards" in client.get("/boroughs/ashmere").text
    assert "has not added population figures for this ward" in client.get(f"/wards/{FIRST}").text
    client.get(f"/wards/{FIRST}/residents.csv", status=404)


def test_nobody_living_in_a_ward_is_shown_as_0_and_not_as_unknown(client: PageClient):
    load_baseline(read_baseline(figures_csv(groups=[("age", "0-15", 0), ("age", "16+", 0)])), CLOCK, name="Ashmere")
    page = client.get(f"/wards/{FIRST}")
    assert page.soup.select(".key-facts__figure")[0].text.startswith("0")
    assert "Not known yet" not in page.text


def test_eighty_wards_with_long_names_keep_the_page_small(client: PageClient):
    wards = [feature(f"E05{n:06}", f"{LONG[:60]} {n}", square(n % 10, n // 10)) for n in range(80)]
    import_boundaries(read_boundaries(geojson(*wards)), "Ashmere")
    load_baseline(read_baseline(figures_csv({w["properties"]["WD13CD"]: "" for w in wards})), CLOCK)
    assert len(client.get("/boroughs/ashmere").soup.select("tbody tr")) == 80


def test_one_ward_has_no_neighbours_and_no_place(client: PageClient):
    import_boundaries(read_boundaries(geojson(feature(name=LONG))), "Ashmere")
    page = client.get(f"/wards/{FIRST}")
    assert f"{LONG} is a ward of Ashmere" in page.text
    assert not page.soup.select(".ward-neighbours")
    assert "1 ward." in client.get("/boroughs/ashmere").text


def test_names_with_markup_in_them_stay_text(client: PageClient):
    name = "<b>Ash & 'ford'</b>"
    import_boundaries(read_boundaries(geojson(feature(name=name))), "Ashmere")
    page = client.get(f"/wards/{FIRST}")
    assert page.one("h1").text == name
    drawing = ET.fromstring(client.get(f"/wards/{FIRST}/map.svg").response.data)
    assert name in drawing.find(f"{SVG}title").text


def test_the_map_is_a_drawing_that_browsers_may_keep_under_its_version_s_address(ashmere: PageClient):
    address = ashmere.get("/boroughs/ashmere").one(".ward-map img")["src"]
    response = ashmere.get(address).response
    assert response.mimetype == "image/svg+xml"
    assert response.cache_control.max_age == 31_536_000
    drawing = ET.fromstring(response.data)
    assert [text.findtext(f"{SVG}tspan") for text in drawing.iter(f"{SVG}text")] == ["1", "2"]
    assert ashmere.get("/boroughs/ashmere/map.svg").response.cache_control.max_age == 300
    ashmere.get(address, status=304, headers={"If-None-Match": response.headers["ETag"]})


def test_the_map_of_a_ward_marks_that_ward(ashmere: PageClient):
    fills = []
    for code in (FIRST, SECOND):
        drawing = ET.fromstring(ashmere.get(f"/wards/{code}/map.svg").response.data)
        fills.append(next(path.get("d") for path in drawing.iter(f"{SVG}path") if path.get("fill")))
    assert fills[0] != fills[1]


def test_a_drawing_has_no_style_that_the_content_policy_would_block(ashmere: PageClient):
    for address in ("/boroughs/ashmere/map.svg", f"/wards/{FIRST}/map.svg"):
        body = ashmere.get(address).response.text
        assert "style" not in body
        assert "script" not in body


def test_a_map_changes_with_its_boundaries(ashmere: PageClient):
    before = ashmere.get("/boroughs/ashmere/map.svg").response.data
    import_boundaries(
        read_boundaries(geojson(feature(FIRST, "Ashford", square(3)), feature(SECOND, "B", square(5)))), "Ashmere"
    )
    assert ashmere.get("/boroughs/ashmere/map.svg").response.data != before


@pytest.mark.parametrize("address", ["/boroughs/ashmere/residents.csv", f"/wards/{FIRST}/residents.csv"])
def test_a_download_can_be_loaded_again(ashmere: PageClient, address: str):
    response = ashmere.get(address).response
    assert response.headers["Content-Disposition"].startswith("attachment; filename=")
    rows = list(csv.DictReader(io.StringIO(response.data.decode("utf-8-sig"))))
    assert rows[0] == {
        "ward_code": FIRST, "ward_name": "Ashford", "dimension": "age", "group": "0-15", "count": "20",
        "source": "Test census", "date": "2021-03-21", "population_base": "all",
    }  # fmt: skip
    again = read_baseline(response.data)
    assert again.usable
    assert {figure.ward_code for figure in again.figures} == ({FIRST, SECOND} if "boroughs" in address else {FIRST})


def test_a_whole_borough_s_download_is_the_version_it_was_made_from(ashmere: PageClient):
    again = read_baseline(ashmere.get("/boroughs/ashmere/residents.csv").response.data)
    assert again.version == read_baseline(figures_csv()).version


@pytest.mark.parametrize(
    "address",
    ["/boroughs/nowhere", "/boroughs/nowhere/map.svg", "/wards/E05999999", "/wards/x", "/wards/E05999999/map.svg"],
)
def test_an_unknown_borough_or_ward_is_not_found(ashmere: PageClient, address: str):
    ashmere.get(address, status=404)


def test_a_postcode_leads_to_its_ward(with_postcodes: PageClient):
    sent = with_postcodes.post("/find-your-ward", {"postcode": " se1 7ab "}, status=303)
    assert sent.response.location == f"/wards/{SECOND}"


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "Enter a postcode"),
        ("SE1", "Enter a full postcode, like SE1 7AB"),
        ("SE1 7ZZ", "We cannot find SE1 7ZZ"),
        ("M1 1AA", "M1 1AA is not in a ward of this service"),
        ("<script>", "Enter a full postcode"),
    ],
)
def test_a_postcode_that_finds_no_ward_says_why_and_keeps_what_was_typed(with_postcodes: PageClient, typed, says):
    page = with_postcodes.post("/find-your-ward", {"postcode": typed}, status=422)
    assert says in page.one(".govuk-error-summary").text
    assert page.one(".govuk-error-summary a")["href"] == "#postcode"
    assert page.one("#postcode").get("value", "") == typed
    assert "find-local-council" in str(page.soup)


def test_a_postcode_is_in_no_address_no_cache_and_no_table(with_postcodes: PageClient):
    asked = with_postcodes.post("/find-your-ward", {"postcode": "M1 1AA"}, status=422)
    assert "no-store" in asked.response.headers["Cache-Control"]
    assert with_postcodes.get("/find-your-ward").one("form")["method"] == "post"
    with transaction() as session:
        assert session.get(Postcode, "M11AA") is None


def test_the_credits_that_the_licences_ask_for_stand_on_the_borough_s_page(with_postcodes: PageClient):
    text = with_postcodes.get("/boroughs/ashmere").text
    assert "ONSPD AUG 2025 UK. Contains Royal Mail data" in text
    assert "Contains OS data © Crown copyright and database right 2013" in text


def test_a_postcode_without_its_form_s_token_is_refused(with_postcodes: PageClient):
    assert with_postcodes.http.post("/find-your-ward", data={"postcode": "SE1 7AB"}).status_code == 400


def test_demo_wards_say_that_they_are_made_up(client: PageClient):
    import_boundaries(read_boundaries(geojson(feature("X99000001", "Nowhere")), demo=True), "Demo", demo=True)
    assert "made up" in client.get("/boroughs/demo").text
    assert "made up" in client.get("/wards/X99000001").text


def test_what_was_decided_in_a_ward_is_on_its_page(ashmere: PageClient, sqlite_app: Flask):
    add_published_pot(ward(FIRST).id, amount=12_345_600)
    page = ashmere.get(f"/wards/{FIRST}")
    assert "£123,456" in page.text
    assert page.one('a[href="/rounds/spring/ashford"]').text == "Spring round"
    assert "What was decided here" not in ashmere.get(f"/wards/{SECOND}").text


def add_published_pot(ward_id: int, amount: int) -> None:
    """A published round with one pot in the ward, counted with nobody voting."""
    from pbudget.results.models import BallotCount, Outcome

    with transaction() as session:
        made = Round(slug="spring", name="Spring round", place="Ashmere", phase="published")
        pot = Pot(
            round=made, ward_id=ward_id, slug="ashford", name="Ashford", amount=amount, ballot_type="approval",
            rule={"name": "greedy"},
        )  # fmt: skip
        session.add(pot)
        session.flush()
        session.add(Outcome(pot_id=pot.id, position=0, rule={"name": "greedy"}, spent=0, remaining=amount, story={}))
        session.add(BallotCount(pot_id=pot.id, ballots=0, blank=0, sizes={}))
        assert session.get(Ward, ward_id)
