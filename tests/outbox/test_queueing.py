"""What may go into the outbox, and that it goes with the transaction of what it tells about."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from pbudget.db import db, transaction
from pbudget.outbox.actions import queue_mail
from pbudget.outbox.models import Message
from pbudget.outbox.queries import message_counts
from pbudget.outbox.rules import AddressNotUsable, MailNotUsable, pause_after


def queued(to="ann@test-council.example", subject="Round opens", text="It opens on Monday.") -> Message:
    with transaction() as session:
        number = queue_mail(session, to, subject, text)
    return db.session.get_one(Message, number)


def test_a_queued_message_waits_under_an_id_of_its_own(app):
    first, second = queued(), queued()
    assert (first.state, first.text) == ("queued", "It opens on Monday.\n")
    assert first.message_id != second.message_id
    assert first.message_id.endswith("@localhost>")


def test_a_message_goes_with_its_transaction(app):
    with pytest.raises(ZeroDivisionError), transaction() as session:
        queue_mail(session, "ann@test-council.example", "Never", "This did not happen.")
        raise ZeroDivisionError
    assert message_counts() == {}


@pytest.mark.parametrize(
    "address",
    [
        "nobody",
        "a@b",
        "ann@test-council.example\nBcc: bob@test-council.example",
        "ann@test-council.example, bob@test-council.example",
        "Ann <ann@test-council.example>",
        "ann@localhost",
        "",
    ],
)
def test_an_address_that_is_not_one_address_is_refused(app, address):
    with pytest.raises(AddressNotUsable, match=r"such as name@example\.org"):
        queued(to=address)


def test_an_address_in_another_alphabet_is_written_as_mail_servers_want_it(app):
    assert queued(to="ann@BÜCHER.example").to == "ann@xn--bcher-kva.example"


@pytest.mark.parametrize(
    "subject", ["", "   ", "x" * 201, "Hello\r\nBcc: bob@test-council.example", "a\x00b", "a\u2028b", "a\u202eb"]
)
def test_a_subject_that_is_not_one_line_is_refused(app, subject):
    with pytest.raises(MailNotUsable):
        queued(subject=subject)


def test_a_text_with_control_characters_is_refused(app):
    with pytest.raises(MailNotUsable):
        queued(text="before\x00after")


def test_a_message_is_kept_no_longer_than_its_sender_says(app):
    with transaction() as session:
        number = queue_mail(session, "ann@test-council.example", "A link", "…", keep=timedelta(hours=24))
    row = db.session.scalars(select(Message).where(Message.id == number)).one()
    assert row.keep_until - row.created == timedelta(hours=24)


def test_pauses_double_up_to_an_hour():
    assert [pause_after(n).total_seconds() for n in (1, 2, 3, 6, 7, 50)] == [60, 120, 240, 1920, 3600, 3600]
