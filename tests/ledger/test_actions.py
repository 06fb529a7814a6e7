"""Appending: one entry after another on both engines, once per token, nothing after the close."""

import threading

import pytest

from pbudget.db import db, transaction
from pbudget.ledger.actions import (
    IdempotencyTokenReused,
    LedgerNotOpen,
    LedgerOpenAlready,
    ManifestNotUsable,
    append,
    append_ballot,
    open_ledger,
)
from pbudget.ledger.queries import (
    acts,
    ballot_totals,
    ballots_by,
    counted_ballots,
    entries,
    entry_by_tracker,
    head_of,
    latest_ballot,
)
from pbudget.ledger.rules import EntryOutOfPlace, RoundClosed, tracker_of
from pbudget.ledger.verifying import verify
from tests.ledger.building import manifest_of, payload, slot


def cast(round_id, voter=1, choices=("a",), token=None, **changes):
    with transaction() as session:
        return append_ballot(session, round_id, payload(voter, choices, **changes), token or f"token {voter} {choices}")


def act(round_id, kind, **body):
    with transaction() as session:
        return append(session, round_id, kind, body)


def check(round_id):
    db.session.rollback()
    return verify(head_of(round_id).manifest.encode(), entries(round_id))


def test_an_opened_ledger_starts_at_its_manifest(round_id):
    found = check(round_id)
    assert (found.ok, found.size, found.reason) == (True, 1, "")
    assert [(entry.kind, set(entry.body)) for entry in acts(round_id)] == [("open", {"manifest"})]


def test_every_kind_of_entry_makes_one_chain_that_verifies(round_id):
    cast(round_id, 1), cast(round_id, 2)
    for kind in ("amend", "roll", "extend", "checkpoint"):
        act(round_id, kind, what="changed")
    for kind in ("close", "reconcile", "tally", "publish", "annul", "seal"):
        act(round_id, kind, what="done")
    found = check(round_id)
    assert (found.ok, found.size, found.head) == (True, 13, head_of(round_id).head)


def test_the_last_ballot_of_a_slot_is_the_one_that_counts(round_id):
    cast(round_id, 1, ["a"]), cast(round_id, 2, ["b"]), cast(round_id, 1, ["c"])
    counted = dict(counted_ballots(round_id))
    assert {who: ballot["contests"]["ward"] for who, ballot in counted.items()} == {slot(1): ["c"], slot(2): ["b"]}
    totals = ballot_totals(round_id)
    assert (totals.cast, totals.counted, totals.replacing) == (3, 2, 1)


def test_turnout_is_counted_by_ward_and_channel_of_the_ballot_that_counts(round_id):
    cast(round_id, 1), cast(round_id, 2, channel="paper"), cast(round_id, 3, ward="X99000002")
    cast(round_id, 1, ["c"], channel="kiosk")
    assert ballots_by(round_id) == {
        ("X99000001", "kiosk"): 1,
        ("X99000001", "paper"): 1,
        ("X99000002", "online"): 1,
    }


def test_a_tracker_finds_its_ballot_and_nothing_else(round_id):
    mine = cast(round_id, 1)
    cast(round_id, 2)
    assert entry_by_tracker(round_id, mine.tracker) == mine
    assert entry_by_tracker(round_id, acts(round_id)[0].tracker) is None
    assert entry_by_tracker(round_id, "0000-0000-000") is None


def test_a_ballot_whose_tracker_is_taken_is_drawn_again(round_id, monkeypatch):
    first = cast(round_id, 1)
    seeming = [first.tracker] * 2  # asked when the ballot is put in, and again to learn why it was not
    monkeypatch.setattr(
        "pbudget.ledger.actions.tracker_of", lambda leaf: seeming.pop() if seeming else tracker_of(leaf)
    )
    second = cast(round_id, 2)
    assert seeming == []
    assert [entry.slot for entry in entries(round_id) if entry.kind == "ballot"] == [slot(1), slot(2)]
    assert second.tracker != first.tracker
    assert check(round_id).ok


def test_whether_a_slot_holds_a_ballot_can_be_asked(round_id):
    cast(round_id, 1)
    assert latest_ballot(round_id, slot(1))
    assert not latest_ballot(round_id, slot(2))


def test_the_same_token_with_the_same_choices_is_the_same_ballot(round_id):
    assert cast(round_id, 1, token="t") == cast(round_id, 1, token="t")
    assert ballot_totals(round_id).cast == 1


def test_the_same_token_after_the_close_still_gives_the_ballot_it_gave(round_id):
    first = cast(round_id, 1, token="t")
    act(round_id, "close")
    assert cast(round_id, 1, token="t") == first


def test_the_same_token_with_other_choices_casts_nothing(round_id):
    cast(round_id, 1, ["a"], token="t")
    with pytest.raises(IdempotencyTokenReused, match="Check your answers again"):
        cast(round_id, 1, ["b"], token="t")
    assert ballot_totals(round_id).cast == 1


def test_a_ballot_after_the_close_is_refused_and_says_so(round_id):
    act(round_id, "close")
    with pytest.raises(RoundClosed, match="has NOT been recorded"):
        cast(round_id, 1)
    assert check(round_id).size == 2


def test_a_ballot_in_an_annulled_round_is_refused(round_id):
    act(round_id, "annul", reason="fire")
    with pytest.raises(RoundClosed):
        cast(round_id, 1)


@pytest.mark.parametrize("kind", ["open", "tally", "publish", "seal", "holiday"])
def test_an_act_before_its_time_is_refused(round_id, kind):
    with pytest.raises(EntryOutOfPlace):
        act(round_id, kind)


@pytest.mark.parametrize("kind", ["close", "amend", "checkpoint", "tally"])
def test_nothing_follows_the_seal(round_id, kind):
    act(round_id, "close"), act(round_id, "seal")
    with pytest.raises(EntryOutOfPlace, match=r"sealed|already"):
        act(round_id, kind)


def test_a_ledger_opens_once(round_id):
    with pytest.raises(LedgerOpenAlready), transaction() as session:
        open_ledger(session, round_id, manifest_of())
    assert check(round_id).size == 1


@pytest.mark.parametrize("manifest", [b'{"a": 1}', b"[]", b'{"a":1.5}', b"\xff", b'{"b":1,"a":2}', b'{"a":1,"a":1}'])
def test_a_manifest_that_is_not_canonical_opens_nothing(round_id, manifest):
    with pytest.raises(ManifestNotUsable), transaction() as session:
        open_ledger(session, round_id + 1, manifest)


def test_a_round_that_has_not_opened_takes_no_ballot(app):
    with pytest.raises(LedgerNotOpen), transaction() as session:
        append_ballot(session, 999, payload(), "t")


def test_a_ballot_for_another_round_does_not_get_in(round_id):
    with pytest.raises(ValueError, match="does not belong"):
        cast(round_id, 1, round="autumn-2027")


def test_an_error_after_the_append_takes_the_ballot_back(round_id):
    before = head_of(round_id)
    with pytest.raises(ZeroDivisionError), transaction() as session:
        append_ballot(session, round_id, payload(), "t")
        raise ZeroDivisionError
    assert head_of(round_id) == before


def in_threads(app, number, work):
    failures = []

    def run(worker):
        try:
            with app.app_context():
                work(worker)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(worker,)) for worker in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)
    assert failures == []


def test_eight_threads_append_without_a_gap(app, round_id):
    in_threads(app, 8, lambda worker: [cast(round_id, worker, [f"p{n}"]) for n in range(20)])
    found = check(round_id)
    assert (found.ok, found.size) == (True, 161)
    assert ballot_totals(round_id).counted == 8


def test_ten_parallel_appends_with_one_token_are_one_ballot(app, round_id):
    given = []
    in_threads(app, 10, lambda _: given.append(cast(round_id, 1, token="double click")))
    assert len(set(given)) == 1
    assert ballot_totals(round_id).cast == 1
