"""Wards that officers join, as they set it up and as it stands in the manifest and on the page of the round."""

import json

import pytest

from pbudget.db import db, transaction
from pbudget.ledger.queries import head_of
from pbudget.proposals.actions import save_proposals
from pbudget.rounds.queries import pots_of
from pbudget.rounds.setting_up import WardTaken, add_pots, remove_pot, save_cluster
from pbudget.wards.models import Ward
from tests.rounds.building import Ready, new_proposals, pass_test, ready_round
from tests.rounds.test_quorum import load_figures
from tests.support.pages import PageClient
from tests.support.staff import sign_in

ROUND = "/staff/rounds/spring-vote-2027"
PAGE, PUBLIC = f"{ROUND}/clusters", "/rounds/spring-vote-2027"
NAMES = ("Hilltop", "Quayside")
TOGETHER = {"name": "The lanes", "wards": ["riverside", "hilltop"]}


@pytest.fixture
def ready(sqlite_app) -> Ready:
    """A round of three wards that can open."""
    ready = ready_round(sqlite_app)
    with transaction() as session:
        borough = session.scalars(db.select(Ward)).one().borough_id
        wards = [Ward(code=f"X990000{n}0", name=name, borough_id=borough) for n, name in enumerate(NAMES, 1)]
        session.add_all(wards)
        session.flush()
        names = {ward.id: ward.name for ward in wards}
    add_pots(ready.id, names, 3_000_000, ready.a.id)
    for pot in pots_of(ready.id)[1:]:
        with transaction() as session:
            costs = {f"{pot.slug}-{n}": 1_000_000 for n in (1, 2)}
            save_proposals(session, ready.id, new_proposals(pot.id, costs), ready.a.id)
    pass_test(ready.id)
    return ready


@pytest.fixture
def officer(sqlite_app, ready) -> PageClient:
    client = PageClient(sqlite_app)
    sign_in(client, "officer")
    return client


def clusters(ready: Ready) -> dict[str, str]:
    db.session.rollback()
    return {pot.slug: pot.cluster for pot in pots_of(ready.id)}


def test_an_officer_joins_wards_changes_them_and_undoes_it(ready, officer):
    assert "Small wards can be looked at together" in officer.get(f"{ROUND}/pots").text
    page = officer.get(PAGE)
    assert [box["value"] for box in page.soup.select("input[name=wards]")] == ["riverside", "hilltop", "quayside"]
    officer.post(PAGE, TOGETHER, status=303)
    assert clusters(ready) == {"riverside": "The lanes", "hilltop": "The lanes", "quayside": ""}
    page = officer.get(PAGE)
    assert "Riverside and Hilltop" in page.text and not page.soup.select("input[name=wards]"), (
        "one ward is left to join"
    )
    one = officer.get(f"{PAGE}/the-lanes")
    assert [box["value"] for box in one.soup.select("input[name=wards][checked]")] == ["riverside", "hilltop"]
    officer.post(f"{PAGE}/the-lanes", {"name": "Lanes", "wards": ["hilltop", "quayside"]}, status=303)
    assert clusters(ready) == {"riverside": "", "hilltop": "Lanes", "quayside": "Lanes"}
    assert "“Lanes”" in officer.get(f"{ROUND}/pots").text
    officer.post(f"{PAGE}/lanes/remove", {}, status=303, page=f"{PAGE}/lanes")
    assert set(clusters(ready).values()) == {""}
    officer.get(f"{PAGE}/lanes", 404)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": "", "wards": ["riverside", "hilltop"]}, "Enter a name for these wards together"),
        ({"name": "!!!", "wards": ["riverside", "hilltop"]}, "needs letters or digits"),
        ({"name": "The lanes", "wards": ["riverside"]}, "Choose two or more wards"),
        ({"name": "The lanes", "wards": []}, "Choose two or more wards"),
        ({"name": "The lanes", "wards": ["riverside", "riverside"]}, "Choose two or more wards"),
        ({"name": "The lanes", "wards": ["riverside", "nowhere"]}, "is looked at with others, or is not in this round"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(ready, officer, typed, said):
    page = officer.post(PAGE, typed, status=422)
    assert said in page.text
    assert page.one("input[name=name]").get("value", "") == typed["name"]
    kept = {box["value"] for box in page.soup.select("input[name=wards][checked]")}
    assert kept == set(typed["wards"]) - {"nowhere"}
    assert set(clusters(ready).values()) == {""}


def test_a_name_or_a_ward_is_in_one_cluster_only(ready, officer):
    with transaction() as session:
        borough = session.scalars(db.select(Ward)).first().borough_id
        ward = Ward(code="X99000090", name="Meadow", borough_id=borough)
        session.add(ward)
        session.flush()
        ward_id = ward.id
    add_pots(ready.id, {ward_id: "Meadow"}, 1, ready.a.id)
    officer.post(PAGE, TOGETHER, status=303)
    page = officer.post(PAGE, {"name": "the Lanes", "wards": ["quayside", "meadow"]}, status=422)
    assert "Other wards are together under this name" in page.text
    taken = officer.post(PAGE, {"name": "Others", "wards": ["quayside", "hilltop"]}, status=422)
    assert "is looked at with others" in taken.text
    with pytest.raises(WardTaken):
        save_cluster(ready.id, "", "Others", ["quayside", "hilltop"], ready.a.id)


def test_a_cluster_with_one_ward_left_is_said_before_the_round_opens(ready, officer):
    officer.post(PAGE, TOGETHER, status=303)
    hilltop = next(pot for pot in pots_of(ready.id) if pot.slug == "hilltop")
    remove_pot(ready.id, hilltop.id, ready.a.id)
    assert "Only one ward is left in “The lanes”" in officer.get(ROUND).text


def test_it_is_settled_with_the_manifest_and_residents_read_it_before(sqlite_app, ready, officer):
    officer.post(PAGE, TOGETHER, status=303)
    said = "Riverside and Hilltop are looked at together, as “The lanes”"
    assert said in PageClient(sqlite_app).get(PUBLIC).text
    assert "The lanes: Riverside and Hilltop" in officer.get(f"{ROUND}/ask/open").text, "two officers approve it"
    ready.open()
    manifest = json.loads(head_of(ready.id).manifest)
    wards = ["X99000001", "X99000010"]
    assert manifest["clusters"] == [{"name": "The lanes", "pots": ["riverside", "hilltop"], "wards": wards}]
    assert said in PageClient(sqlite_app).get(PUBLIC).text
    assert "so this is settled" in officer.get(PAGE).text
    refused = officer.post(f"{PAGE}/the-lanes", {"name": "Others", "wards": ["hilltop", "quayside"]}, status=422)
    assert "The round has opened" in refused.text


def test_each_of_its_contests_needs_the_quorum_of_all_its_wards(ready, officer):
    load_figures(ready)
    officer.post(PAGE, TOGETHER, status=303)
    ready.open()
    needs = json.loads(head_of(ready.id).manifest)["quorum"]["contests"]
    assert needs["riverside"] == needs["hilltop"] == {"needed": 405, "of": "residents", "people": 20_210}
    assert needs["quayside"] == {"needed": 203, "of": "residents", "people": 10_105}


def test_a_round_without_clusters_has_the_manifest_it_always_had(ready):
    ready.open()
    assert "clusters" not in json.loads(head_of(ready.id).manifest)
