"""Delivery to real mail servers: taken, refused, unreachable, slow, and the worker killed at the worst moment."""

import dataclasses
import socket
import stat
import subprocess
import sys
import threading
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from sqlalchemy import select, update

from pbudget.config import ROOT
from pbudget.db import db, transaction
from pbudget.kit.errors import PbudgetError
from pbudget.kit.smtp import MailServer
from pbudget.outbox import delivery
from pbudget.outbox.actions import NothingToSendAgain, clear_away_old_mail, queue_mail, send_again
from pbudget.outbox.models import Message
from pbudget.outbox.queries import message_counts, troubled_messages
from pbudget.outbox.rules import SENDING_AT_MOST, message_bytes
from pbudget.outbox.tasks import deliver_due_mail
from tests.jobs.building import OffsetClock, wait_until
from tests.outbox.post_office import certificate, only_ann, post_office, tls_context
from tests.support.ports import free_port

TEXT = "Dear Ann,\n\n.a line that begins with a full stop\n.\nFrom here on: £5 for the café.\n" + "word " * 300


@pytest.fixture
def office(app):
    with post_office() as (office, server):
        use(app, server)
        yield office


def use(app, server: MailServer | None) -> None:
    settings = dataclasses.replace(
        app.extensions["settings"], mail_server=server, mail_from="Test <votes@test.example>"
    )
    app.extensions["settings"] = settings


def later(app, **ahead: float) -> None:
    app.extensions["clock"] = OffsetClock(timedelta(**ahead))


def queued(to: str = "ann@test-council.example", subject: str = "Voting – your link", text: str = TEXT) -> int:
    with transaction() as session:
        return queue_mail(session, to, subject, text)


def text_of(mail: EmailMessage) -> str:
    return mail.get_content().replace("\r\n", "\n")


def state_of(number: int) -> str:
    db.session.rollback()
    return db.session.scalars(select(Message.state).where(Message.id == number)).one()


def problem_of(number: int) -> str:
    return next(message.problem for message in troubled_messages() if message.id == number)


def test_a_message_arrives_once_as_plain_text_and_its_text_is_not_kept(app, office):
    number = queued()
    deliver_due_mail()
    deliver_due_mail()
    (mail,) = office.mail
    assert (mail["To"], mail["From"], mail["Subject"]) == (
        "ann@test-council.example",
        "Test <votes@test.example>",
        "Voting – your link",
    )
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content_type() == "text/plain"
    assert text_of(mail) == TEXT + "\n"
    assert (office.envelopes[0].mail_from, office.envelopes[0].rcpt_tos) == (
        "votes@test.example",
        ["ann@test-council.example"],
    )
    assert state_of(number) == "sent"
    assert db.session.get_one(Message, number).text == ""


def test_many_messages_go_over_one_connection_in_their_order(app, office):
    for i in range(60):
        queued(to=f"a{i}@test-council.example")
    assert deliver_due_mail() is True
    assert deliver_due_mail() is False
    assert [mail["To"] for mail in office.mail] == [f"a{i}@test-council.example" for i in range(60)]


def test_the_bytes_of_a_message_are_ascii_in_short_lines_and_the_same_each_time(app):
    message = db.session.get_one(Message, queued())
    first, second = (
        message_bytes("a@b.example", message.to, message.subject, message.text, message.message_id, message.created)
        for _ in range(2)
    )
    assert first == second
    assert first.isascii()
    assert max(len(line) for line in first.split(b"\r\n")) <= 78


def test_a_server_that_is_down_lets_everything_wait_a_minute_and_loses_nothing(app):
    port = free_port()
    use(app, MailServer("127.0.0.1", port, "none"))
    first, second = queued(), queued()
    deliver_due_mail()
    assert (state_of(first), state_of(second)) == ("queued", "queued")
    assert "does not answer" in problem_of(second)
    with post_office() as (office, server):
        use(app, server)
        deliver_due_mail()
        assert office.mail == []
        later(app, seconds=61)
        deliver_due_mail()
        assert len(office.mail) == 2
    assert troubled_messages() == []


@pytest.mark.parametrize("command", ["RCPT", "DATA"])
def test_a_message_not_taken_now_is_tried_again_after_a_pause(app, office, command):
    office.answers[command] = ["451 later, ann@test-council.example"]
    number, other = queued(), queued(to="bob@test-council.example")
    deliver_due_mail()
    assert (state_of(number), state_of(other)) == ("queued", "sent")
    assert "451" in problem_of(number)
    assert "ann@" not in problem_of(number)
    deliver_due_mail()
    assert state_of(number) == "queued"
    later(app, seconds=61)
    deliver_due_mail()
    assert state_of(number) == "sent"
    assert [mail["To"] for mail in office.mail] == ["bob@test-council.example", "ann@test-council.example"]


@pytest.mark.parametrize("command", ["RCPT", "DATA"])
def test_a_message_refused_for_good_is_marked_and_not_tried_again(app, office, command):
    office.answers[command] = ["550 no such person"]
    number = queued()
    deliver_due_mail()
    later(app, hours=2)
    deliver_due_mail()
    assert state_of(number) == "failed"
    assert "refused" in problem_of(number)
    assert office.mail == []


def test_a_message_that_failed_can_be_sent_again_by_hand(app, office):
    office.answers["RCPT"] = ["550 no such person"]
    number = queued()
    deliver_due_mail()
    with transaction() as session:
        send_again(session, number)
    deliver_due_mail()
    assert (state_of(number), len(office.mail)) == ("sent", 1)
    with pytest.raises(NothingToSendAgain), transaction() as session:
        send_again(session, number)


@pytest.mark.parametrize("how", ["hang up", "take, then hang up"])
def test_a_message_cut_off_while_it_was_taken_is_never_sent_again_by_itself(app, office, how):
    office.answers["DATA"] = [how]
    number = queued()
    deliver_due_mail()
    later(app, hours=1)
    deliver_due_mail()
    assert state_of(number) == "unsure"
    assert "It may have arrived" in problem_of(number)
    assert len(office.mail) <= 1


def test_a_slow_server_keeps_nobody_longer_than_it_may(app, office, monkeypatch):
    monkeypatch.setattr(delivery, "ANSWER_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        use(app, MailServer("127.0.0.1", silent.getsockname()[1], "none"))
        number = queued()
        deliver_due_mail()
    assert state_of(number) == "queued"
    assert "does not answer" in problem_of(number)


def test_a_server_that_closes_lets_the_rest_wait(app, office):
    office.answers["RCPT"] = ["421 too many"]
    first, second = queued(), queued()
    deliver_due_mail()
    assert (state_of(first), state_of(second)) == ("queued", "queued")
    later(app, minutes=3)
    deliver_due_mail()
    assert len(office.mail) == 2


def deliver_in_a_process(app, port: int) -> "subprocess.Popen[bytes]":
    settings = app.extensions["settings"]
    arguments = [str(settings.instance), settings.database_url, str(port)]
    return subprocess.Popen([sys.executable, "-m", "tests.outbox.worker_process", *arguments], cwd=ROOT)


def test_a_worker_killed_while_the_server_takes_a_message_sends_it_no_second_time(app, office):
    number = queued()
    taking, go_on = threading.Event(), threading.Event()

    def wait() -> None:
        taking.set()
        go_on.wait(180)

    office.before_taking = wait
    process = deliver_in_a_process(app, app.extensions["settings"].mail_server.port)
    assert taking.wait(180)
    process.kill()
    process.wait()
    go_on.set()
    wait_until(lambda: len(office.envelopes) == 1)
    office.before_taking = lambda: None
    deliver_due_mail()
    assert state_of(number) == "sending"
    app.extensions["clock"] = OffsetClock(SENDING_AT_MOST + timedelta(minutes=1))
    deliver_due_mail()
    assert state_of(number) == "unsure"
    assert len(office.envelopes) == 1


def test_a_worker_killed_before_the_message_left_loses_nothing(app):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        number = queued()
        process = deliver_in_a_process(app, silent.getsockname()[1])
        silent.accept()[0].close()
        process.kill()
        process.wait()
    with post_office() as (office, server):
        use(app, server)
        later(app, minutes=2)
        deliver_due_mail()
        assert (state_of(number), len(office.mail)) == ("sent", 1)


def test_a_message_another_worker_is_sending_is_left_alone(app, office):
    number = queued()

    def meanwhile() -> None:
        with app.app_context(), transaction() as session:
            session.execute(update(Message).values(state="sending"))

    office.before_rcpt = meanwhile
    deliver_due_mail()
    assert (state_of(number), office.mail) == ("sending", [])


def test_encryption_and_a_password(sqlite_app, tmp_path, monkeypatch):
    file = certificate(tmp_path)
    options = {"tls_context": tls_context(file), "require_starttls": True}
    with post_office(**options, authenticator=only_ann, auth_required=True) as (office, server):
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        use(sqlite_app, dataclasses.replace(server, tls="starttls", user="ann", password="wrong"))
        number = queued()
        deliver_due_mail()
        assert "user or password" in problem_of(number)
        use(sqlite_app, dataclasses.replace(server, tls="starttls", user="ann", password="open sesame"))
        later(sqlite_app, minutes=2)
        deliver_due_mail()
        assert (state_of(number), len(office.mail)) == ("sent", 1)


def test_tls_from_the_first_byte(sqlite_app, tmp_path, monkeypatch):
    file = certificate(tmp_path)
    with post_office(ssl_context=tls_context(file)) as (office, server):
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        use(sqlite_app, dataclasses.replace(server, tls="tls"))
        assert state_of((queued(), deliver_due_mail())[0]) == "sent"
        assert len(office.mail) == 1


def test_a_certificate_nobody_vouches_for_is_not_trusted(sqlite_app, tmp_path):
    with post_office(tls_context=tls_context(certificate(tmp_path))) as (office, server):
        use(sqlite_app, dataclasses.replace(server, tls="starttls"))
        number = queued()
        deliver_due_mail()
        assert "no encryption that can be trusted" in problem_of(number)
        assert office.mail == []


def test_a_server_without_encryption_is_not_used_unless_the_setting_says_so(sqlite_app):
    with post_office() as (office, server):
        use(sqlite_app, dataclasses.replace(server, tls="starttls"))
        number = queued()
        deliver_due_mail()
        assert "no encryption that can be trusted" in problem_of(number)
        assert office.mail == []


def test_without_a_mail_server_each_message_is_a_file_of_its_owners(sqlite_app):
    number = queued()
    deliver_due_mail()
    folder = sqlite_app.extensions["settings"].instance / "mail"
    (file,) = folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert text_of(message_from_bytes(file.read_bytes(), policy=default)) == TEXT + "\n"
    assert state_of(number) == "sent"


def test_a_message_whose_time_is_over_is_forgotten_but_not_that_it_never_arrived(app, office):
    sent = queued()
    deliver_due_mail()
    office.answers["RCPT"] = ["451 later"]
    stuck = queued()
    deliver_due_mail()
    later(app, days=3, minutes=1)
    deliver_due_mail()
    with transaction() as session:
        clear_away_old_mail(session)
    assert message_counts() == {"failed": 1}
    row = db.session.get_one(Message, stuck)
    assert (row.to, row.subject, row.text) == ("", "", "")
    assert db.session.get(Message, sent) is None
    later(app, days=34)
    with transaction() as session:
        clear_away_old_mail(session)
    assert message_counts() == {}


def test_no_address_and_no_text_is_logged_or_shown(app, office, capfd):
    office.answers["RCPT"] = ["550 canary@canary-council.example unknown"]
    queued(to="canary@canary-council.example", subject="Canary", text="Canary")
    deliver_due_mail()
    use(app, MailServer("127.0.0.1", free_port(), "none"))
    queued(to="canary@canary-council.example", subject="Canary", text="Canary")
    deliver_due_mail()
    out = capfd.readouterr()
    assert "anary" not in out.out + out.err + repr(troubled_messages())


def test_every_reply_that_is_no_yes_is_an_error():
    for code in (199, 300, 399, 421, 450, 499, 500, 554, 599, 600, -1):
        with pytest.raises(PbudgetError):
            delivery._judge(code, "the message")
