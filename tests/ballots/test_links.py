"""Voting by a link to one's e-mail address, with a real mail server: who has which vote, and what is kept of whom."""

import dataclasses
import re
from datetime import timedelta

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import inspect, select, text

from pbudget.ballots.models import BallotDraft, ContactLink, UsedLink
from pbudget.ballots.rules.contacts import FORGET_AFTER, LINK_LASTS, PER_ADDRESS, PER_NETWORK, text_of_link
from pbudget.ballots.rules.links import digest_of, mark_of, open_slot, seal_slot, used_mark_of
from pbudget.ballots.tasks import clear_away
from pbudget.db import db
from pbudget.kit.smtp import MailServer
from pbudget.ledger.queries import ballot_totals, counted_ballots
from pbudget.outbox.rules import AddressNotUsable, mailbox_of
from pbudget.outbox.tasks import clear_away as clear_old_mail
from pbudget.outbox.tasks import deliver_due_mail
from tests.ballots.voter import Voter
from tests.outbox.post_office import post_office
from tests.support.open_round import BOROUGH_WIDE, KINDS, NOON, PotPlan, open_round
from tests.support.ports import free_port

ANN = "ann@test-council.example"
CODE = re.compile(r"#([0-9A-Z-]{15})\b")


@pytest.fixture
def office(app):
    with post_office() as (office, server):
        send_through(app, server)
        yield office


@pytest.fixture
def vote(app, office):
    return by_email(app)


@pytest.fixture
def voter(vote):
    return Voter(vote.app, vote)


def by_email(app, slug: str = "spring-2027", **given):
    return open_round(app, slug, assurance="open", contact_point="email", **given)


def send_through(app, server: MailServer | None) -> None:
    app.extensions["settings"] = dataclasses.replace(
        app.extensions["settings"], mail_server=server, mail_from="Test <votes@test.example>"
    )


def ask(voter: Voter, address: str = ANN, status: int = 200):
    return voter.post(f"{voter.vote.path}/email", {"email": address}, status)


def newest_code(office) -> str:
    """The code in the e-mail that came last."""
    deliver_due_mail()
    return CODE.search(office.mail[-1].get_content())[1]


def use(voter: Voter, code: str, status: int = 303, ward: str = "X99000001"):
    return voter.post(f"{voter.vote.path}/link", {"code": code, "ward": ward}, status)


def cast_for(voter: Voter, office, address: str, *choices: str) -> None:
    ask(voter, address)
    use(voter, newest_code(office))
    voter.fill("riverside", *choices)
    voter.cast()


def choices_counted(vote) -> list[list[str]]:
    db.session.rollback()
    return sorted(payload["contests"]["riverside"] for _slot, payload in counted_ballots(vote.id))


def test_a_link_becomes_a_recorded_vote_with_low_assurance(vote, voter, office):
    answer = voter.get(f"{vote.path}/begin", 303)
    assert answer.response.headers["Location"].endswith("/vote/email")
    cast_for(voter, office, ANN, "skate")
    assert len(voter.tracker()) == 13
    ((_slot, payload),) = counted_ballots(vote.id)
    assert (payload["assurance"], payload["channel"], payload["ward"]) == ("open", "online", "X99000001")
    assert "Ask for a new link with the same e-mail address" in voter.at("/recorded").text


def test_the_e_mail_says_what_to_do_and_holds_nothing_that_was_chosen(vote, voter, office):
    ask(voter)
    code = newest_code(office)
    mail = office.mail[-1]
    assert mail["Subject"] == "Your link to vote in Spring vote 2027"
    assert mail["To"] == ANN
    said = mail.get_content().replace("\r\n", "\n")
    assert f"/rounds/{vote.slug}/vote/link#{code}" in said
    assert "until 2:00pm on Sunday 7 March 2027" in said or "until 2pm on Sunday 7 March 2027" in said


def test_the_same_address_has_one_vote_however_it_is_spelt_and_on_whatever_device(vote, office):
    for address, choice in (("Ann@Test-Council.example", "skate"), ("ann+vote@test-council.example", "swings")):
        cast_for(Voter(vote.app, vote), office, address, choice)
    cast_for(Voter(vote.app, vote), office, "another@test-council.example", "pocket")
    assert choices_counted(vote) == [["pocket"], ["swings"]]
    assert ballot_totals(vote.id).cast == 3


@pytest.mark.parametrize(
    ("typed", "contact"),
    [
        ("Ann@Example.ORG", "ann@example.org"),
        ("  ann+spring@example.org ", "ann@example.org"),
        ("a.n.n+x@gmail.com", "ann@gmail.com"),
        ("a.n.n@googlemail.com", "ann@gmail.com"),
        ("a.n.n@example.org", "a.n.n@example.org"),
        ("ann@BÜCHER.example", "ann@xn--bcher-kva.example"),
    ],
)
def test_spellings_of_one_mailbox_are_one_contact_point(typed, contact):
    assert mailbox_of(typed) == contact


@pytest.mark.parametrize("typed", ["", "ann", "@example.org", "+@gmail.com", "+x@example.org", "ann@", "a b@x.org"])
def test_what_is_no_address_is_refused(typed):
    with pytest.raises(AddressNotUsable):
        mailbox_of(typed)


def test_the_answer_is_the_same_whether_or_not_the_address_has_voted(vote, office):
    first = ask(Voter(vote.app, vote), ANN)
    cast_for(Voter(vote.app, vote), office, ANN, "skate")
    second = ask(Voter(vote.app, vote), ANN)
    token = re.compile(r'value="[^"]{60,}"|nonce="[^"]+"')
    assert token.sub("", first.response.text) == token.sub("", second.response.text)


def test_a_wrong_address_says_so_and_is_kept_in_its_field(vote, voter):
    page = ask(voter, "ann at example", 422)
    assert "Enter an e-mail address in the correct format" in page.one(".govuk-error-summary").get_text()
    assert page.one("#email")["value"] == "ann at example"
    assert db.session.scalar(select(ContactLink.mark)) is None


def test_looking_at_a_link_uses_nothing_up(vote, voter, office):
    ask(voter)
    code = newest_code(office)
    for _ in range(3):
        Voter(vote.app, vote).at("/link")
        vote.app.test_client().head(f"{vote.path}/link")
    use(voter, code)


def test_a_link_works_once(vote, voter, office):
    ask(voter)
    code = newest_code(office)
    use(voter, code)
    page = use(Voter(vote.app, vote), code, 422)
    assert "has been used already" in page.one(".govuk-error-summary").get_text()


def test_a_second_press_in_the_same_browser_goes_on_with_the_ballot(vote, voter, office):
    ask(voter)
    code = newest_code(office)
    use(voter, code)
    voter.fill("riverside", "skate")
    use(voter, code)
    db.session.rollback()
    assert db.session.scalars(select(BallotDraft.choices)).all() == [{"riverside": ["skate"]}]


def test_a_newer_link_replaces_the_one_before(vote, voter, office):
    ask(voter)
    old = newest_code(office)
    ask(voter)
    new = newest_code(office)
    assert "You asked for a newer link" in use(voter, old, 422).text
    use(voter, new)


def test_a_link_is_over_after_two_hours(vote, voter, office):
    ask(voter)
    code = newest_code(office)
    vote.move_clock(NOON + LINK_LASTS + timedelta(minutes=6))
    assert "This link is too old" in use(voter, code, 422).text
    ask(voter)
    use(voter, newest_code(office))


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "Enter the code from your e-mail"),
        ("7Q4K", "has 13 characters and you entered 4. Check your e-mail"),
        ("7Q4K-9XTM-2BXPQ", "not as it is on your e-mail"),
    ],
)
def test_a_code_that_cannot_be_right_says_what_is_wrong(vote, voter, typed, says):
    assert says in use(voter, typed, 422).one(".govuk-error-summary").get_text()


def test_codes_nobody_was_sent_are_throttled(vote, voter):
    from pbudget.roll.rules.codes import make_code

    answers = [voter.http.post(f"{vote.path}/link", data=guess(voter, make_code().grouped)) for _ in range(25)]
    assert {answer.status_code for answer in answers} == {422, 429}
    assert b"Too many wrong codes" in answers[-1].data


def guess(voter: Voter, code: str) -> dict[str, str]:
    token = voter.at("/link").one("form [name=csrf_token]")["value"]
    return {"csrf_token": token, "code": code, "ward": "X99000001"}


def test_a_ward_has_to_be_chosen_and_a_refused_ward_does_not_use_the_link_up(vote, voter, office):
    ask(voter)
    code = newest_code(office)
    page = use(voter, code, 422, ward="")
    assert "Choose your ward" in page.one(".govuk-error-summary").get_text()
    assert page.one("#code")["value"] == code
    use(voter, code, 422, ward="E05009999")
    use(voter, code)


def test_two_browsers_of_one_person_fill_in_two_ballots_and_the_last_counts(vote, office):
    one, two = Voter(vote.app, vote), Voter(vote.app, vote)
    for browser in (one, two):
        ask(browser)
        use(browser, newest_code(office))
    two.fill("riverside", "swings")
    two.cast()
    one.fill("riverside", "skate")
    one.cast()
    assert choices_counted(vote) == [["skate"]]


def test_a_round_that_closed_meanwhile_says_so(vote, voter, office):
    ask(voter)
    code = newest_code(office)
    vote.move_clock(vote.closes_at)
    assert "Voting has closed" in voter.at("/link").text
    answer = voter.http.post(f"{vote.path}/link", data={"code": code, "ward": "X99000001"})
    assert answer.status_code in {400, 409}
    vote.move_clock(NOON)
    csrf = guess(voter, code)
    email = voter.at("/email").one("form [name=csrf_token]")["value"]
    vote.move_clock(vote.closes_at)
    late = voter.http.post(f"{vote.path}/link", data=csrf)
    assert late.status_code == 409
    assert b"has NOT been recorded" in late.data
    assert voter.http.post(f"{vote.path}/email", data={"csrf_token": email, "email": ANN}).status_code == 409


def test_a_mail_server_that_is_down_delays_the_link_and_nothing_else(app):
    port = free_port()
    send_through(app, MailServer("127.0.0.1", port, "none"))
    vote = by_email(app)
    voter = Voter(app, vote)
    assert "Check your e-mail" in ask(voter).text
    deliver_due_mail()
    with post_office() as (office, server):
        send_through(app, server)
        vote.move_clock(NOON + timedelta(minutes=2))
        use(voter, newest_code(office))


def test_a_link_that_could_not_be_sent_in_time_is_never_sent(app, office):
    send_through(app, MailServer("127.0.0.1", free_port(), "none"))
    vote = by_email(app)
    ask(Voter(app, vote))
    deliver_due_mail()
    vote.move_clock(NOON + LINK_LASTS + timedelta(minutes=1))
    deliver_due_mail()
    clear_old_mail()
    assert ANN not in everything_in(db)


def test_one_address_gets_at_most_five_an_hour_and_the_page_does_not_say(vote, office):
    pages = [ask(Voter(vote.app, vote)).text for _ in range(PER_ADDRESS.tries + 2)]
    deliver_due_mail()
    assert len(office.mail) == PER_ADDRESS.tries
    assert len(set(pages)) == 1
    use(Voter(vote.app, vote), newest_code(office))


def test_one_network_gets_only_so_many(vote, voter):
    token = voter.at("/email").one("form [name=csrf_token]")["value"]
    for number in range(PER_NETWORK.tries):
        sent = {"csrf_token": token, "email": f"test-{number}@test-council.example"}
        assert voter.http.post(f"{vote.path}/email", data=sent).status_code == 200
    page = ask(voter, "one-more@test-council.example", 429)
    assert "Too many links were asked for from your connection. Try again in 60 minutes" in page.text or (
        "Try again after" in page.text
    )


def everything_in(database) -> str:
    """Every value in every table, as text."""
    database.session.rollback()
    found = []
    with database.engine.connect() as connection:
        for table in inspect(database.engine).get_table_names():
            found += [str(tuple(row)) for row in connection.execute(text(f'SELECT * FROM "{table}"'))]
    return "\n".join(found)


def test_nothing_of_the_address_is_left_after_a_day_and_never_beside_a_draft_or_ballot(vote, voter, office):
    ask(voter)
    use(voter, newest_code(office))
    for table in ("ballot_draft", "contact_link", "used_link", "ledger_entry"):
        rows = db.session.execute(text(f"SELECT * FROM {table}")).all()
        assert not any(ANN in str(tuple(row)) or "ann" in str(tuple(row)) for row in rows), table
    vote.move_clock(NOON + timedelta(hours=23))
    clear_old_mail()
    clear_away()
    assert ANN not in everything_in(db)
    assert db.session.scalar(select(ContactLink.mark)) is None
    vote.move_clock(NOON + LINK_LASTS + FORGET_AFTER + timedelta(hours=1))
    clear_away()
    db.session.rollback()
    assert db.session.scalar(select(UsedLink.mark)) is None


def test_using_a_link_changes_no_row_that_asking_for_it_wrote(vote, voter, office):
    """Else whoever reads the database's log could join the address to the ballot by it."""
    ask(voter)
    code = newest_code(office)
    before = db.session.execute(text("SELECT * FROM contact_link")).all()
    db.session.rollback()
    use(voter, code)
    db.session.rollback()
    assert db.session.execute(text("SELECT * FROM contact_link")).all() == before
    draft = db.session.scalars(select(BallotDraft)).one()
    used = db.session.scalars(select(UsedLink.mark)).one()
    (link,) = before
    assert draft.slot not in str(tuple(link))
    assert used not in str(tuple(link))
    assert bytes.fromhex(draft.slot) not in bytes(link.sealed)


def test_what_is_kept_of_a_link_depends_on_the_rounds_key_and_has_a_name_of_its_own_for_each_purpose():
    key, other, slot = bytes(32), b"\1" * 32, "ab" * 32
    marks = {mark_of(key, "x"), digest_of(key, "x"), used_mark_of(key, "x"), mark_of(other, "x"), digest_of(other, "x")}
    assert len(marks) == 5
    sealed = seal_slot(key, "7Q4K9XTM2BXPP", slot)
    assert open_slot(key, "7Q4K9XTM2BXPP", sealed) == slot
    with pytest.raises(InvalidTag):
        open_slot(other, "7Q4K9XTM2BXPP", sealed)


def test_the_e_mail_fits_a_long_round_name():
    until = NOON + LINK_LASTS
    assert "7Q4K" in text_of_link("Round " * 40, "https://vote.example/x", "7Q4K-9XTM-2BXPP", until, "Test council")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_ballot_can_be_cast_by_a_link(sqlite_app, kind):
    with post_office() as (office, server):
        send_through(sqlite_app, server)
        vote = by_email(sqlite_app, pots=(PotPlan("riverside", "Riverside", ballot_type=kind), BOROUGH_WIDE))
        voter = Voter(sqlite_app, vote)
        ask(voter)
        use(voter, newest_code(office))
        voter.press("riverside", **({"more": "skate"} if kind == "points" else {"add": "skate"}))
        voter.cast()
        db.session.rollback()
        ((_slot, payload),) = counted_ballots(vote.id)
        assert payload["contests"]["riverside"] == ({"skate": 1} if kind == "points" else ["skate"])


def test_a_round_with_letters_has_no_page_for_links(app):
    vote = open_round(app)
    Voter(app, vote).at("/email", 404)
    Voter(app, vote).at("/link", 404)


@pytest.mark.parametrize("where", ["email", "link"])
@pytest.mark.parametrize("value", ["\x00", "a" * 5_000, "‮", "👩‍👩‍👧‍👦", "<b>", "a@b\r\nBcc: c@d.example"])
def test_nothing_that_can_be_typed_breaks_a_page(sqlite_app, where, value):
    vote = by_email(sqlite_app)
    voter = Voter(sqlite_app, vote)
    csrf = voter.at(f"/{where}").one("form [name=csrf_token]")["value"]
    names = ("email", "code", "postcode", "ward")
    answer = voter.http.post(f"{vote.path}/{where}", data={"csrf_token": csrf, **dict.fromkeys(names, value)})
    assert answer.status_code == (400 if "\0" in value else 422), answer.data[:300]
    assert b"<b>" not in answer.data
