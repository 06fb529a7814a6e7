"""The papers a council signs say what the program does: tables, periods, addresses."""

import re
from fractions import Fraction

import pytest

from app import create_app
from pbudget.accounts.rules import limits
from pbudget.accounts.rules.passwords import SHORTEST
from pbudget.ballots.rules import contacts, moments
from pbudget.calculator import answering
from pbudget.config import ROOT
from pbudget.db import db
from pbudget.desk import officer_acts as desk
from pbudget.outbox import actions as outbox
from pbudget.results.rules.publishing import FEWEST_BALLOTS, MOST_UNIQUE
from pbudget.roll import generating, uploads
from pbudget.roll.models import RollEntry
from pbudget.rounds import reminding
from pbudget.rounds.rules import approvals

PAPERS = {path.stem: path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs" / "papers").glob("*.md"))}
RECORD = PAPERS["record-of-processing"]


def row(beginning: str) -> str:
    (found,) = [line for line in RECORD.splitlines() if line.startswith(f"| {beginning}")]
    return found


def hours(span) -> int:
    return round(span.total_seconds() / 3600)


def test_every_table_is_in_the_record_and_no_other():
    assert create_app, "importing the application loads every model"
    named = set(re.findall(r"`([a-z_]+)`", RECORD))
    tables = set(db.metadata.tables)
    assert tables - named == set(), "say in docs/papers/record-of-processing.md what these keep, and until when"
    columns = {column.name for table in db.metadata.tables.values() for column in table.columns}
    assert {name for name in named - tables - columns if not name.endswith("s")} == set()


def test_every_column_of_the_roll_about_a_person_is_in_the_record():
    about = {"name", "address", "postcode", "email", "ward_id"}
    others = {"id", "round_id", "import_id", "number", "place"}
    assert {column.name for column in RollEntry.__table__.columns} == about | others
    assert all(f"`{name}`" in row("The roll: who may vote") for name in about)


@pytest.mark.parametrize(
    ("beginning", "said"),
    [
        ("Plain codes", f"{hours(generating.KEPT_FOR)} hours"),
        ("A file of the roll", f"{hours(uploads.KEPT_FOR)} hours"),
        ("A ballot being filled in", f"{hours(moments.IDLE)} hours"),
        ("Contact points", f"{hours(contacts.LINK_LASTS)} hours; {hours(contacts.FORGET_AFTER)} hours"),
        ("A budget being balanced", f"{answering.IDLE.days} days"),
        ("E-mail", f"{outbox.KEPT.days} days"),
        ("E-mail", f"reminder: {reminding.KEPT.days} day"),
        ("Staff |", f"{hours(limits.INVITATION)} hours"),
        ("Sign-ins of staff", f"{limits.IDLE.seconds // 60} minutes without use, {hours(limits.ABSOLUTE)} hours"),
        ("What two officers approve", f"{hours(approvals.LASTS)} hours"),
        ("Codes that staff stopped", f"{hours(desk.PERMIT_LASTS)} hours"),
    ],
)
def test_every_period_of_the_record_is_the_programs(beginning, said):
    assert said in row(beginning)


def test_the_notice_for_residents_says_the_same_periods():
    notice = PAPERS["privacy-notice"]
    assert f"did not cast: {hours(moments.IDLE)} hours at most" in notice
    assert f"gave to vote: {hours(contacts.FORGET_AFTER)} hours at most" in notice


def test_what_the_assessment_says_of_rare_ballots_and_passwords_is_the_programs():
    assert f"totals below {FEWEST_BALLOTS} ballots" in PAPERS["dpia"]
    assert Fraction(1, 10) == MOST_UNIQUE
    assert f"{SHORTEST} characters or more" in PAPERS["dpia"]


def test_addresses_in_the_papers_exist(sqlite_app):
    known = {rule.rule.replace("<slug>", "NAME") for rule in sqlite_app.url_map.iter_rules()}
    for name, text in PAPERS.items():
        for address in re.findall(r"`(/[a-zA-Z/-]+)`", text):
            assert address in known, f"{name}.md names {address}"


def test_every_document_that_is_named_is_there_and_every_paper_is_linked():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for path in [*(ROOT / "docs").glob("*.md"), *(ROOT / "docs" / "papers").glob("*.md"), ROOT / "README.md"]:
        for named in re.findall(r"docs/[a-z/-]+\.md", path.read_text(encoding="utf-8")):
            assert (ROOT / named).is_file(), f"{path.name} names {named}"
    for name in PAPERS:
        assert f"docs/papers/{name}.md" in readme
    assert "docs/councillors-and-stewards.md" in readme


@pytest.mark.parametrize("name", ["dpia", "record-of-processing", "privacy-notice", "appropriate-policy-document"])
def test_a_template_leaves_the_councils_own_facts_to_the_council(name):
    assert PAPERS[name].count("[") >= 5
