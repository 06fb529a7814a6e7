"""Two small wards that officers joined, from the open vote to the report: one report on both, shown once everywhere."""

import json
from dataclasses import replace

import pytest
import sqlalchemy as sa

from pbudget.db import db, transaction
from pbudget.guard import live
from pbudget.guard.bundled import reports_in_bundle
from pbudget.guard.live import report_round
from pbudget.guard.models import GuardReport
from pbudget.guard.outreach import votes_by_wards
from pbudget.guard.queries import (
    inputs_of,
    lines_of_round,
    manifest_of,
    report_on,
    reports_made,
    rounds_without_report,
    verdicts_of,
)
from pbudget.guard.rules.quorum import quorum_lines
from pbudget.results.counting import count_round
from pbudget.rounds.models import Pot
from pbudget.rounds.queries import round_by_id
from tests.guard.test_live import SMALL_POT, ledger_rows, older_people_came, open_with_questions, outcome_rows
from tests.results.closed_round import close
from tests.results.test_officer_acts import publish
from tests.support.open_round import BOROUGH_WIDE, OpenRound
from tests.support.pages import PageClient
from tests.support.staff import sign_in

RIVERSIDE = replace(SMALL_POT, cluster="The lanes")
HILLTOP = replace(RIVERSIDE, slug="hilltop", name="Hilltop", ward=1)
TOGETHER = "The lanes (Riverside and Hilltop)"


@pytest.fixture
def vote(sqlite_app) -> OpenRound:
    """Open; 60 votes in each of the two wards."""
    return open_with_questions(sqlite_app, older_people_came(120), (RIVERSIDE, HILLTOP))


@pytest.fixture
def counted(vote) -> OpenRound:
    close(vote)
    count_round(vote.id, "system")
    return vote


def kept(vote: OpenRound) -> dict[str, tuple[object, ...]]:
    db.session.rollback()
    columns = (GuardReport.verdict, GuardReport.document, GuardReport.programme, GuardReport.input_hash)
    rows = db.session.execute(sa.select(Pot.slug, *columns).join(GuardReport).where(Pot.round_id == vote.id))
    return {slug: tuple(json.dumps(value) for value in values) for slug, *values in rows}


def test_two_wards_of_60_votes_have_one_verdict_and_no_table_of_their_own(counted):
    before, entries = outcome_rows(), ledger_rows()
    assert list(report_round(counted.id)) == [(2, 2)]
    reports = kept(counted)
    assert reports["riverside"] == reports["hilltop"]
    assert verdicts_of(counted.id) == dict.fromkeys(("riverside", "hilltop"), "at risk of capture")
    assert len(set(inputs_of(counted.id).values())) == 1
    pot = db.session.scalars(sa.select(Pot.id).where(Pot.slug == "hilltop")).one()
    document = report_on(pot).document
    assert (document.ballots, document.cluster, list(document.wards)) == (120, "The lanes", ["Riverside", "Hilltop"])
    assert document.quorum.startswith("The quorum was reached: 120 votes, and 100 were needed")
    assert document.quorum.endswith("The quorum is of these wards together.")
    assert (
        "“Skate park (Hilltop)” would probably not have been funded had everybody turned out alike." in document.reasons
    )
    assert outcome_rows() == before and ledger_rows() == entries


def test_killed_before_it_is_kept_it_is_made_again_and_the_same(counted, monkeypatch):
    kept_first = []

    def killed(session, *args):
        kept_first.append(args[0])
        if len(kept_first) == 2:
            raise KeyboardInterrupt
        keep(session, *args)

    keep = live.keep_report
    with monkeypatch.context() as while_it_is_killed:
        while_it_is_killed.setattr(live, "keep_report", killed)
        with pytest.raises(KeyboardInterrupt):
            list(report_round(counted.id))
    assert kept(counted) == {} and rounds_without_report() == [counted.id]
    list(report_round(counted.id))
    first = kept(counted)
    with transaction() as session:
        session.execute(sa.delete(GuardReport))
    list(report_round(counted.id))
    assert kept(counted) == first and rounds_without_report() == []


def test_a_contest_of_everybody_has_a_report_of_its_own_beside_them(sqlite_app):
    vote = open_with_questions(sqlite_app, older_people_came(20), (BOROUGH_WIDE, RIVERSIDE, HILLTOP))
    close(vote)
    count_round(vote.id, "system")
    assert list(report_round(vote.id)) == [(1, 3), (3, 3)]
    assert [line.name for line in lines_of_round(vote.id)] == ["the whole borough", TOGETHER]
    assert reports_made(vote.id) == (2, 2)
    reports = kept(vote)
    assert reports["riverside"] == reports["hilltop"] != reports["borough"]


def test_officers_and_residents_meet_it_once_with_the_names_of_the_wards(sqlite_app, counted):
    list(report_round(counted.id))
    assert reports_made(counted.id) == (1, 1)
    officer = PageClient(sqlite_app)
    sign_in(officer, "officer")
    staff = f"/staff/rounds/{counted.slug}"
    page = officer.get(f"{staff}/guard")
    assert [row.th.get_text(strip=True) for row in page.soup.select(".verdicts tbody tr")] == [TOGETHER]
    assert officer.get(f"{staff}/sheets").text.count(f"{TOGETHER}: who took part, and did it matter?") == 1
    assert officer.get(f"{staff}/equality-impact").soup.select(".impact-contest h2")[0].get_text() == TOGETHER
    publish(counted)
    reader = PageClient(sqlite_app)
    report = reader.get(f"/rounds/{counted.slug}/hilltop/who-took-part")
    assert "Who took part in The lanes, and did it matter?" in report.text
    assert "Hilltop is looked at together with Riverside" in report.text
    assert "as “The lanes”" in reader.get(f"/rounds/{counted.slug}/hilltop").text
    content = json.loads(reports_in_bundle(counted.id)["reports.json"])
    assert list(content["reports"]) == ["riverside"]
    assert content["reports"]["riverside"]["wards"] == ["Riverside", "Hilltop"]


def test_while_voting_is_open_and_at_the_close_the_wards_stand_together(vote):
    found = votes_by_wards(round_by_id(vote.id))
    assert list(found) == [("X99000001", "X99000002")]
    cast, votes = found["X99000001", "X99000002"]
    assert (cast, votes.ballots, votes.residents.totals["sex_16plus"]) == (120, 120, 2_000)
    (line,) = quorum_lines(manifest_of(vote.id), {"X99000001": 60, "X99000002": 30})
    assert (line.contest, line.votes, line.met) == ("The lanes (Riverside and Hilltop together)", 90, False)
