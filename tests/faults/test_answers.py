"""Once the guard key is gone, nothing that lies about joins an answer to a ballot: database, backup, log, a key."""

import random
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text

from pbudget.ballots.queries import key_ids_of
from pbudget.db import db, transaction
from pbudget.equality.actions import destroy_answers, save_questions
from pbudget.equality.rules.consultations import of_round
from pbudget.equality.rules.questions import STANDARD, asked
from pbudget.equality.sealing import LENGTH, AnswerNotReadable, unsealed
from pbudget.keys.actions import destroy_keys, load_key
from pbudget.keys.rules import guard_link_of
from tests.ballots.voter import Voter
from tests.equality.test_answering import give
from tests.faults.test_linker import file_now
from tests.support.open_round import OpenRound, open_round

VOTERS = 12
FIGURES = {"age": ("0-15", "16-24", "25-34", "35-44", "45-54", "55-64", "65+"), "sex_16plus": ("F", "M")}
AGES = ("16-24", "25-34", "35-44")


@dataclass(frozen=True)
class Answered:
    """A round whose voters answered: what each said by the slot of their ballot, and what lies about of it."""

    vote: OpenRound
    truth: dict[str, dict[str, str]]
    rows: dict[str, bytes]
    """Sealed answers by their link, as a backup has them."""
    log: str

    def key(self, name: str) -> bytes:
        """One of the round's keys."""
        ids = key_ids_of(self.vote.id)
        assert ids is not None
        return load_key(self.vote.app.extensions["settings"].keys_folder, self.vote.slug, name, ids)

    def joined_with(self, key: bytes) -> dict[str, dict[str, str]]:
        """Every answer that somebody with this key finds the ballot of."""
        found = {}
        for slot in self.truth:
            link = guard_link_of(key, slot)
            if link in self.rows:
                found[slot] = unsealed(key, link, self.rows[link])
        return found


@pytest.fixture
def answered(app, capsys) -> Answered:
    """Every letter is used once; what is answered has nothing to do with what is voted for."""
    vote = open_round(app, letters=VOTERS)
    with transaction() as session:
        save_questions(session, of_round(vote.id), asked(tuple(STANDARD), (), FIGURES, 16))
    capsys.readouterr()
    truth: dict[str, dict[str, str]] = {}
    for number in random.Random(11).sample(range(VOTERS), VOTERS):
        voter = Voter(app, vote).begin(vote.codes[number]).fill("riverside", ("skate", "swings")[number % 2])
        voter.cast()
        answers = {"age": AGES[number % 3]}
        give(voter, 1, **answers)
        truth[newest_slot()] = answers
    rows = {row.guard_link: bytes(row.sealed) for row in db.session.execute(text("SELECT * FROM equality_answer"))}
    return Answered(vote, truth, rows, capsys.readouterr().err)


def newest_slot() -> str:
    db.session.rollback()
    return (
        db.session.execute(text("SELECT slot FROM ledger_entry WHERE kind = 'ballot' ORDER BY seq DESC"))
        .scalars()
        .first()
    )


def test_with_the_guard_key_every_answer_finds_its_ballot_and_with_no_other_key_any(answered):
    assert answered.joined_with(answered.key("guard")) == answered.truth
    for other in ("round", "signing"):
        assert answered.joined_with(answered.key(other)) == {}
        for link, row in answered.rows.items():
            with pytest.raises(AnswerNotReadable):
                unsealed(answered.key(other), link, row)


def test_what_is_stored_says_nothing_by_its_length_or_by_being_alike(answered):
    assert len(answered.rows) == VOTERS
    assert {len(row) for row in answered.rows.values()} == {LENGTH}
    assert len({row[:12] for row in answered.rows.values()}) == VOTERS
    assert not answered.rows.keys() & set(answered.truth)


def test_the_log_has_no_answer_no_link_and_no_slot(answered):
    assert "questions" in answered.log, "nothing was logged, so nothing was tried"
    words = {*AGES, *answered.rows, *answered.truth, *(row.hex() for row in answered.rows.values())}
    assert [word for word in words if word in answered.log] == []


def test_after_certifying_neither_the_key_nor_an_answer_is_left_anywhere(answered, tmp_path):
    guard = answered.key("guard")
    with transaction() as session:
        destroy_answers(session, of_round(answered.vote.id))
    destroy_keys(answered.vote.app.extensions["settings"].keys_folder, answered.vote.slug, ("guard",))
    db.session.remove()
    file_now(answered.vote.app, tmp_path)
    assert not db.session.execute(text("SELECT 1 FROM equality_answer")).first()
    everything = bytes_of_all_files(tmp_path)
    assert guard not in everything
    assert guard.hex().encode() not in everything
    left = [link for link, row in answered.rows.items() if row in everything or link.encode() in everything]
    assert left == [], "answers are still in the free pages of the file"


def bytes_of_all_files(folder: Path) -> bytes:
    return b"\0".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
