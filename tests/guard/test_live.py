"""A report on a round that ran here: from ballots and sealed answers to a page, and nothing of a vote is touched."""

import secrets
from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa

from pbudget.balance.thresholds import Thresholds
from pbudget.db import db, transaction
from pbudget.equality.actions import save_questions
from pbudget.equality.models import EqualityAnswer
from pbudget.equality.queries import plan_of, plan_row
from pbudget.equality.rules.consultations import of_round
from pbudget.equality.rules.questions import asked
from pbudget.equality.sealing import sealed
from pbudget.guard.live import counted_round, look_at_contest, report_round, residents_in
from pbudget.guard.models import GuardReport
from pbudget.guard.queries import report_on, rounds_without_report
from pbudget.guard.tasks import ask_for_reports
from pbudget.jobs.models import Job
from pbudget.keys.actions import ids_of, load_key
from pbudget.keys.rules import guard_link_of, slot_of
from pbudget.kit.clock import SystemClock
from pbudget.ledger.actions import append_ballot
from pbudget.ledger.models import LedgerEntry
from pbudget.results.counting import count_round
from pbudget.results.models import Outcome, OutcomeLine
from pbudget.rounds.models import Pot, Round
from pbudget.rounds.opening import keys_folder
from pbudget.wards.actions import load_baseline
from pbudget.wards.models import Borough
from pbudget.wards.rules.baselines import read_baseline
from tests.results.closed_round import add_places, close
from tests.support.open_round import OWN, OpenRound, PotPlan, open_round
from tests.support.pages import PageClient

BASELINE = """ward_code,ward_name,dimension,group,count,source,date
X99000001,Riverside,age,0-15,200,SYNTHETIC DEMO - NOT REAL,2021-03-21
X99000001,Riverside,age,16-34,500,SYNTHETIC DEMO - NOT REAL,2021-03-21
X99000001,Riverside,age,35+,500,SYNTHETIC DEMO - NOT REAL,2021-03-21
X99000001,Riverside,sex_16plus,F,500,SYNTHETIC DEMO - NOT REAL,2021-03-21
X99000001,Riverside,sex_16plus,M,500,SYNTHETIC DEMO - NOT REAL,2021-03-21
X99000002,Hilltop,age,0-15,200,SYNTHETIC DEMO - NOT REAL,2021-03-21
X99000002,Hilltop,age,16-34,500,SYNTHETIC DEMO - NOT REAL,2021-03-21
X99000002,Hilltop,age,35+,500,SYNTHETIC DEMO - NOT REAL,2021-03-21
X99000002,Hilltop,sex_16plus,F,500,SYNTHETIC DEMO - NOT REAL,2021-03-21
X99000002,Hilltop,sex_16plus,M,500,SYNTHETIC DEMO - NOT REAL,2021-03-21
"""
SMALL_POT = replace(OWN, amount=6_000_000)
FIGURES = {"age": ("0-15", "16-34", "35+"), "sex_16plus": ("F", "M")}


def voted(app, voters: list[tuple[str, str, str]], **given) -> OpenRound:
    """The same, closed."""
    vote = open_with_questions(app, voters, **given)
    close(vote)
    return vote


def open_with_questions(
    app, voters: list[tuple[str, str, str]], pots: Sequence[PotPlan] = (SMALL_POT,), **given
) -> OpenRound:
    """An open round in Riverside; each voter is a proposal, an age and a sex ("" is silence). With two pots (Riverside
    and Hilltop) voters are of one ward and the other in turns."""
    vote = open_round(app, pots=pots, letters=1, **given)
    with transaction() as session:
        session.execute(sa.update(Borough).values(is_demo=True))
    load_baseline(read_baseline(BASELINE.encode(), demo=True), SystemClock(), name="Testtown", demo=True)
    questions = asked(("age", "sex"), (), FIGURES, 16)
    with transaction() as session:
        save_questions(session, of_round(vote.id), questions)
    add_places(vote, len(voters))
    cast_all(vote, voters, [pot.slug for pot in pots if pot.ward is not None])
    return vote


def cast_all(vote: OpenRound, voters: list[tuple[str, str, str]], pots: Sequence[str] = ("riverside",)) -> None:
    """Every ballot, and every answer, in one transaction: what one by one would take a minute."""
    folder, ids = keys_folder(), ids_of(keys_folder(), vote.slug)
    k_round, k_guard = (load_key(folder, vote.slug, name, ids) for name in ("round", "guard"))
    with transaction() as session:
        plan = plan_row(session, of_round(vote.id))
        assert plan
        for number, (entry, (choice, age, sex)) in enumerate(zip(vote.entries, voters, strict=False)):
            slot, where = slot_of(k_round, f"roll:{entry}"), number % len(pots)
            payload = payload_of_choice(vote, slot, choice, f"X9900000{where + 1}", pots[where])
            append_ballot(session, vote.id, payload, secrets.token_hex(32))
            if age or sex:
                link = guard_link_of(k_guard, slot)
                kept = sealed(k_guard, link, {name: said for name, said in (("age", age), ("sex", sex)) if said})
                session.add(EqualityAnswer(plan_id=plan.id, guard_link=link, part=1, sealed=kept))


def payload_of_choice(
    vote: OpenRound, slot: str, choice: str, ward: str = "X99000001", pot: str = "riverside"
) -> dict[str, object]:
    place = {"v": 1, "round": vote.slug, "slot": slot, "ward": ward}
    return {**place, "channel": "online", "assurance": "code", "contests": {pot: [choice]}}


def older_people_came(number: int = 110) -> list[tuple[str, str, str]]:
    """Nine in ten voters are 35 or over and want a skate or a pocket park; the young want swings, in a pot for one."""
    sexes = ("male", "female")
    older = [("skate" if n % 9 < 5 else "pocket", "35+", sexes[n % 2]) for n in range(number * 9 // 10)]
    return older + [("swings", "16-34", sexes[n % 2]) for n in range(number // 10)]


def made(vote: OpenRound):
    count_round(vote.id, "system")
    assert list(report_round(vote.id)) == [(1, 1)]
    pot = db.session.scalars(sa.select(Pot.id).where(Pot.round_id == vote.id)).one()
    return report_on(pot)


def ledger_rows() -> list[tuple[object, ...]]:
    return [tuple(row) for row in db.session.execute(sa.select(LedgerEntry.__table__).order_by(LedgerEntry.seq))]


def outcome_rows() -> list[tuple[object, ...]]:
    db.session.rollback()
    return [tuple(row) for table in (Outcome, OutcomeLine) for row in db.session.execute(sa.select(table.__table__))]


def test_a_round_of_older_people_is_said_to_be_one(app):
    found = made(voted(app, older_people_came())).document
    assert found.ballots == 110
    assert found.quorum.startswith("The quorum was reached: 110 votes, and 100 were needed")
    assert found.verdict == "at risk of capture"
    assert "People aged 16–34 cast 9% of ballots and are 50% of residents." in found.reasons
    assert "“Skate park” would probably not have been funded had everybody turned out alike." in found.reasons
    assert "“New swings” would probably have been funded had everybody turned out alike." in found.reasons
    age = next(table for table in found.participation if table.dimension == "age")
    assert [(row.group, row.participants) for row in age.rows][:2] == [("16-34", 10), ("35+", 100)]


def test_nothing_of_the_vote_changes_and_the_same_inputs_give_the_same_report(app):
    vote = voted(app, older_people_came(30))
    count_round(vote.id, "system")
    before, entries = outcome_rows(), ledger_rows()
    first = made(vote).document
    with transaction() as session:
        session.execute(sa.delete(GuardReport))
    assert made(vote).document == first
    assert outcome_rows() == before
    assert ledger_rows() == entries


def test_few_voters_are_not_enough_and_small_groups_are_not_kept(app):
    vote = voted(app, [*older_people_came(20), ("skate", "", "")])
    found = made(vote)
    assert found.document.verdict == "not enough data"
    age = next(table for table in found.document.participation if table.dimension == "age")
    assert all(row.participants is None for row in age.rows if row.group == "16-34")


def test_a_report_goes_by_the_limits_its_round_published(app):
    found = made(voted(app, older_people_came(60), limits=Thresholds(min_n=50))).document
    assert found.verdict == "at risk of capture", "by its manifest 50 votes are enough to judge"
    assert found.versions["Limits"] == Thresholds(min_n=50).version
    assert found.versions["Limits from"] == "the manifest, published before voting opened"
    assert not any("limits" in caution for caution in found.cautions)


def test_a_round_from_before_limits_were_published_says_by_which_it_is_judged(app):
    vote = voted(app, older_people_came(20))
    count_round(vote.id, "system")
    counted = replace(counted_round(vote.id), limits=None)
    found = look_at_contest(counted, counted.pots[0], residents_in(counted, counted.pots[0])).document()
    assert found.versions["Limits from"] == "this program"
    assert any("limits were not published yet" in caution for caution in found.cautions)


def test_nobody_voted(app):
    assert made(voted(app, [])).document.verdict == "not enough data"


def test_from_the_report_on_no_answer_is_taken(app):
    vote = voted(app, older_people_came(20))
    made(vote)
    assert not plan_of(of_round(vote.id)).takes_answers


def test_without_the_guard_key_nobody_is_known_and_the_result_stands(app):
    vote = voted(app, older_people_came(20))
    (keys_folder() / vote.slug / "guard.key").unlink()
    assert made(vote).document.verdict == "not enough data"


def test_the_worker_is_asked_once_a_round_is_counted(app):
    vote = voted(app, older_people_came(20))
    ask_for_reports()
    assert rounds_without_report() == []
    count_round(vote.id, "system")
    ask_for_reports()
    ask_for_reports()
    assert [job.kind for job in db.session.scalars(sa.select(Job))] == ["guard report"]
    list(report_round(vote.id))
    assert rounds_without_report() == []


def test_the_page_waits_for_the_result_to_be_public(app):
    vote = voted(app, older_people_came(20))
    made(vote)
    reader = PageClient(app)
    address = f"/rounds/{vote.slug}/riverside/who-took-part"
    reader.get(address, 404)
    with transaction() as session:
        session.scalars(sa.select(Round).where(Round.id == vote.id)).one().phase = "published"
    page = reader.get(address)
    assert "20 votes were cast" in page.text
    assert "This report changes no vote and no winner" in page.text
