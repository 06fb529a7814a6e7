import io
import re

import pytest
from pypdf import PdfReader

from pbudget.db import db, transaction
from pbudget.jobs.models import Job
from pbudget.roll import queries, typesetting
from pbudget.roll.generating import code_file
from pbudget.roll.identify import identify
from pbudget.roll.importing import RollNotUsable
from pbudget.roll.tasks import LOAD_ROLL, MAKE_CODES, clear_away, load_roll, make_codes
from pbudget.roll.uploads import purge_uploads
from pbudget.rounds.models import Round
from tests.roll.building import FIRST, SECOND, add_entries
from tests.support.pages import Page, PageClient
from tests.support.staff import sign_in

ROLL = "/staff/rounds/test-2027/roll"
CODES = "/staff/rounds/test-2027/codes"
GOOD = f"ward_code,name,email\n{FIRST},Test One,one@test.example\n{SECOND},Test Two,\n"


class Silent:
    """What a job is given, without a worker."""

    def __call__(self, done: int, total: int | None = None, message: str = "") -> None:
        self.done = done


@pytest.fixture
def officer(sqlite_stage) -> PageClient:
    client = PageClient(sqlite_stage.app)
    sign_in(client, "officer")
    return client


def send(client: PageClient, text: str, **choices: str) -> Page:
    """Send a file and follow to its preview."""
    file = (io.BytesIO(text.encode()), "roll.csv")
    page = client.post(ROLL, {"file": file, "youngest": "16", **choices}, status=303)
    return client.get(page.response.location)


def press(client: PageClient, page: Page, path: str, status: int = 303) -> Page:
    token = page.soup.find("input", {"name": "csrf_token"})["value"]
    return client._fetch("POST", path, status, data={"csrf_token": token})


def run_jobs() -> None:
    """Do what the worker would."""
    db.session.rollback()
    for job in db.session.query(Job).order_by(Job.id).all():
        {LOAD_ROLL: load_roll, MAKE_CODES: make_codes}[job.kind](dict(job.payload), Silent())
    with transaction() as session:
        session.query(Job).delete()


def make(client: PageClient, stage, kind: str = "letters") -> tuple[str, str]:
    """The address of a finished batch and its passphrase."""
    page = client.post(CODES, {"ward": str(stage.wards[FIRST]), "kind": kind}, status=200)
    link = page.one("main a.govuk-link")["href"]
    run_jobs()
    return link, page.one(".passphrase").get_text()


def test_an_officer_sends_a_file_looks_at_it_and_loads_it(officer, sqlite_stage):
    assert "There is no roll yet" in officer.get(ROLL).text
    page = send(officer, GOOD)
    assert "Check the roll before it is loaded" in page.text
    assert "2 rows that can be used" in page.text
    assert "Test One" in page.text
    assert queries.roll_files(sqlite_stage.round_id) == [], "a preview loads nothing"
    press(officer, page, page.soup.select("form[action*=files]")[0]["action"])
    run_jobs()
    page = officer.get(ROLL)
    assert "The roll has 2 entries" in page.text
    assert not list((sqlite_stage.app.extensions["settings"].instance / "uploads").iterdir())


def test_a_file_with_problems_names_them_and_cannot_be_loaded(officer):
    page = send(officer, f"ward_code,name\n{FIRST},\nX99000009,Test Two\n")
    assert "This file cannot be loaded" in page.text
    assert "Row 2: has no name" in page.text
    assert "Row 3: ward X99000009 is not in this round" in page.text
    assert "1 row outside the wards of the round." in page.text
    assert "Load this roll" not in page.text
    press(officer, page, page.soup.select("form[action$=withdrawn]")[0]["action"])


@pytest.mark.parametrize("text", ["", "name\nTest\n", "\x89PNG"])
def test_what_is_no_roll_is_refused_with_what_to_send(officer, text):
    file = (io.BytesIO(text.encode("latin-1")), "roll.csv")
    sent = officer.post(ROLL, {"file": file, "youngest": "16"}, status=303)
    page = officer.get(sent.response.location, status=422)
    assert "This file cannot be used" in page.text
    assert "Nothing was loaded" in page.text


def test_a_form_without_a_file_says_so(officer):
    page = officer.post(ROLL, {"youngest": "16"}, status=422)
    assert "Select a CSV file" in page.text


def test_only_an_officers_file_may_be_longer_than_a_form(officer, sqlite_stage):
    rows = "".join(f"{FIRST},Test Resident {i}\n" for i in range(5000))
    assert len(rows) > 64 * 1024
    assert "5,000 rows that can be used" in send(officer, "ward_code,name\n" + rows).text
    steward = PageClient(sqlite_stage.app)
    sign_in(steward, "steward")
    body = {"file": (io.BytesIO(rows.encode()), "roll.csv")}
    assert steward.http.post(ROLL, data=body).status_code == 413


def test_an_upload_nobody_loads_is_deleted(officer, sqlite_stage):
    send(officer, GOOD)
    folder = sqlite_stage.app.extensions["settings"].instance / "uploads"
    (kept,) = folder.iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600
    from datetime import UTC, datetime, timedelta

    assert purge_uploads(datetime.now(UTC)) == 0
    assert purge_uploads(datetime.now(UTC) + timedelta(hours=25)) == 1


def test_a_made_up_file_name_leads_nowhere(officer):
    for name in ("a" * 32, "..%2fsecret-key", "x"):
        officer.get(f"{ROLL}/files/{name}", status=404)


def test_the_roll_of_an_open_round_takes_no_file(officer, sqlite_stage):
    page = officer.get(ROLL)
    token = page.soup.find("input", {"name": "csrf_token"})["value"]
    with transaction() as session:
        session.get(Round, sqlite_stage.round_id).phase = "open"
    assert "Two officers add somebody" in officer.get(ROLL).text
    officer._fetch("POST", ROLL, 409, data={"csrf_token": token})


def test_letters_are_made_opened_and_their_codes_deleted(officer, sqlite_stage):
    (entry,) = add_entries(
        sqlite_stage.round_id,
        sqlite_stage.wards[FIRST],
        name="Test Resident",
        address="1 Test Road",
        postcode="SE1 7AB",
    )
    link, passphrase = make(officer, sqlite_stage)
    page = officer.post(link, {"passphrase": passphrase, "form": "print", "languages": "ur: فون کریں"}, status=200)
    assert "Test Resident" in page.one(".letter__window").get_text()
    code = page.one(".letter__grouped").get_text()
    assert identify(sqlite_stage.round_id, code, "192.0.2.7").id == entry
    assert page.one(".letter__languages li")["dir"] == "rtl"
    assert page.response.headers["Cache-Control"] == "no-store"
    large = officer.post(link, {"passphrase": passphrase, "form": "large"}, status=200)
    assert "letters--large" in large.soup.html["class"]
    csv = officer.post(link, {"passphrase": passphrase, "form": "csv"}, status=200)
    assert code in csv.response.get_data(as_text=True)
    assert "attachment" in csv.response.headers["Content-Disposition"]
    press(officer, officer.get(link), f"{link}/downloaded")
    assert "Downloaded" in officer.get(CODES).text
    assert not code_file(int(link.rpartition("/")[2])).path.exists()


def test_a_wrong_passphrase_opens_nothing_and_says_so(officer, sqlite_stage):
    add_entries(sqlite_stage.round_id, sqlite_stage.wards[FIRST])
    link, _ = make(officer, sqlite_stage)
    page = officer.post(link, {"passphrase": "0000-0000-0000-0000-0000", "form": "csv"}, status=422)
    assert "does not open these letters" in page.text


def test_a_ward_with_nobody_waiting_says_so(officer, sqlite_stage):
    add_entries(sqlite_stage.round_id, sqlite_stage.wards[FIRST])
    make(officer, sqlite_stage)
    page = officer.post(CODES, {"ward": str(sqlite_stage.wards[FIRST]), "kind": "letters"}, status=422)
    assert "Nothing was made" in page.text


def test_test_letters_say_on_their_face_that_they_cannot_vote(officer, sqlite_stage):
    add_entries(sqlite_stage.round_id, sqlite_stage.wards[FIRST], 6)
    link, passphrase = make(officer, sqlite_stage, "test")
    page = officer.post(link, {"passphrase": passphrase, "form": "print"}, status=200)
    assert len(page.soup.select(".letter")) == len(page.soup.select(".letter__test")) == 5


@pytest.mark.parametrize("form", ["pdf", "pdf-large"])
def test_letters_come_as_pdf(officer, sqlite_stage, form):
    add_entries(sqlite_stage.round_id, sqlite_stage.wards[FIRST], name="Test Resident", address="1 Test Road")
    link, passphrase = make(officer, sqlite_stage)
    answer = officer.post(link, {"passphrase": passphrase, "form": form}, status=200).response
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    text = PdfReader(io.BytesIO(answer.data)).pages[0].extract_text()
    assert "Test Resident" in text
    assert "/rounds/test-2027/vote" in text


def test_what_is_wrong_with_a_pdf_is_said_beside_its_question(officer, sqlite_stage, monkeypatch):
    add_entries(sqlite_stage.round_id, sqlite_stage.wards[FIRST], name="Test \U00010380", address="1 Test Road")
    link, passphrase = make(officer, sqlite_stage)
    given = {"passphrase": passphrase, "form": "pdf"}
    assert "No font on this server has" in officer.post(link, given, status=422).text
    assert "There is only 1 part as PDF" in officer.post(link, {**given, "part": "2"}, status=422).text
    monkeypatch.setattr(typesetting, "can_typeset", lambda: False)
    assert "need an addition that is not installed" in officer.post(link, given, status=422).text


def test_spoiled_letters_are_voided_after_a_question(officer, sqlite_stage):
    add_entries(sqlite_stage.round_id, sqlite_stage.wards[FIRST])
    link, _ = make(officer, sqlite_stage)
    page = officer.get(f"{link}/void")
    assert "can be used to vote any more" in page.text
    press(officer, page, f"{link}/void")
    assert "None of these codes can be used" in officer.get(link).text


def test_returned_letters_are_registered_by_reference(officer, sqlite_stage):
    add_entries(sqlite_stage.round_id, sqlite_stage.wards[FIRST], 2)
    link, passphrase = make(officer, sqlite_stage)
    letters = officer.post(link, {"passphrase": passphrase, "form": "print"}, status=200)
    reference = re.search(r"Letter reference: (\S{4})", letters.text)[1]
    path = "/staff/rounds/test-2027/returned-letters"
    page = officer.post(path, {"references": f"{reference}, ????"}, status=200)
    assert "1 code stopped" in page.text
    assert "Not references of this round: ????" in page.text
    assert f"Stopped before: {reference}" in officer.post(path, {"references": reference}, status=200).text


def test_a_batch_of_another_round_is_not_found(officer):
    officer.get("/staff/rounds/test-2027/letters/99", status=404)
    officer.get("/staff/rounds/nowhere/roll", status=404)


def test_a_worker_killed_after_loading_loads_nothing_twice(officer, sqlite_stage):
    page = send(officer, GOOD)
    press(officer, page, page.soup.select("form[action*=files]")[0]["action"])
    payload = dict(db.session.query(Job).one().payload)
    load_roll(payload, Silent())
    (before,) = queries.roll_files(sqlite_stage.round_id)
    load_roll(payload, Silent())
    assert queries.roll_files(sqlite_stage.round_id) == [before]
    make_codes({"batch": 99}, Silent())
    clear_away()


def test_of_a_long_file_the_first_rows_are_looked_at_and_the_worker_checks_the_rest(officer, sqlite_stage, monkeypatch):
    monkeypatch.setattr("pbudget.roll.routes.ROWS_LOOKED_AT", 2)
    page = send(officer, GOOD + f"X99000009,Test Three,\n{FIRST},Test Four,\n")
    assert "here are its first 2 rows" in page.text
    assert "every row is checked first" in page.text
    press(officer, page, page.soup.select("form[action*=files]")[0]["action"])
    with pytest.raises(RollNotUsable, match="Row 4: ward X99000009 is not in this round"):
        run_jobs()
    assert queries.roll_files(sqlite_stage.round_id) == [], "all of it or nothing"


def test_a_file_no_longer_than_that_is_looked_at_whole(officer, monkeypatch):
    monkeypatch.setattr("pbudget.roll.routes.ROWS_LOOKED_AT", 2)
    assert "first rows were looked at" not in send(officer, GOOD).text
