"""Publishing and sealing, as two officers approve them: what becomes public, what goes for good, and the bundle."""

import io
import json
import subprocess
import sys
import zipfile
from collections import Counter
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import column, func, select, table

from pbudget.db import db, transaction
from pbudget.keys.actions import load_key
from pbudget.keys.files import KeysDestroyed
from pbudget.keys.rules import KeyIds
from pbudget.ledger.bundle import check_bundle, open_bundle
from pbudget.ledger.cli import verify
from pbudget.ledger.public import opened_ballots, verify_opening
from pbudget.ledger.queries import acts, opening_lines, public_lines, verify_ledger
from pbudget.results import bundles, recount
from pbudget.results.bundles import bundle_bytes, bundle_file
from pbudget.results.officer_acts import (
    all_is_gone,
    carry_out_publication,
    carry_out_sealing,
    delete_rolls_of_sealed_rounds,
    destroy_keys_of_sealed_rounds,
    keys_are_destroyed,
    subject_of_publication,
    subject_of_sealing,
    words_of_publication,
    words_of_sealing,
)
from pbudget.results.queries import contest_content, contest_files, latest_bundle, publication_of
from pbudget.results.recounting import note_auditors_recount
from pbudget.results.rules.bundling import zip_bytes
from pbudget.roll.queries import entry_ids
from pbudget.rounds.acts import ActNotPossible
from pbudget.rounds.opening import keys_folder
from pbudget.rounds.queries import round_by_id
from tests.results.closed_round import counted_round, voted_round

MANY = [["skate"]] * 60 + [["swings"]] * 50 + [["skate", "swings"]]
SEALING = {"escrow_destroyed": True, "backups_gone_on": "2027-05-01"}


def publish(vote, **payload) -> dict:
    subject = subject_of_publication(vote.id, payload)
    with transaction() as session:
        carry_out_publication(session, vote.id, subject)
    return subject


def seal(vote) -> None:
    subject = subject_of_sealing(vote.id, SEALING)
    with transaction() as session:
        carry_out_sealing(session, vote.id, subject)


def bundle_of(vote) -> bytes:
    return bundle_bytes(vote.id, latest_bundle(vote.id), publication_of(vote.id).forms)


def unpacked(vote, folder):
    with zipfile.ZipFile(io.BytesIO(bundle_of(vote))) as archive:
        archive.extractall(folder)
    return folder


def run(folder, program: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, folder / program], capture_output=True, text=True, check=False)


def test_a_round_is_published_after_it_was_counted_and_not_before(app):
    vote = voted_round(app, MANY[:2])
    with pytest.raises(ActNotPossible, match="counted"):
        subject_of_publication(vote.id, {})


def test_a_result_whose_recount_differs_is_not_published(app):
    vote = counted_round(app, MANY[:2])
    note_auditors_recount(vote.id, "riverside", False, "Two ballots fewer", "system")
    with pytest.raises(ActNotPossible, match="differs"):
        subject_of_publication(vote.id, {})
    note_auditors_recount(vote.id, "riverside", True, "Found them", "system")
    assert subject_of_publication(vote.id, {})


def test_ballots_are_published_where_the_manifest_said_so_and_the_file_gives_nobody_away(app):
    vote = counted_round(app, MANY, publish="ballots")
    publish(vote)
    assert publication_of(vote.id).forms == {"riverside": "ballots"}
    with zipfile.ZipFile(io.BytesIO(bundle_of(vote))) as archive:
        assert "contests/riverside.pb" in archive.namelist()


def test_a_small_contest_is_published_as_totals_unless_two_officers_give_a_reason(app):
    vote = counted_round(app, MANY[:20], publish="ballots")
    assert subject_of_publication(vote.id, {})["forms"] == {"riverside": "totals"}
    subject = publish(vote, reason="The residents' panel asked for it")
    assert subject["forms"] == {"riverside": "ballots"}
    (said,) = [each.body for each in acts(vote.id) if each.kind == "publish"]
    assert said["reason"] == "The residents' panel asked for it"


def test_totals_in_the_manifest_stay_totals_whatever_reason_is_given(app):
    vote = counted_round(app, MANY)
    assert publish(vote, reason="We would like to")["forms"] == {"riverside": "totals"}
    with zipfile.ZipFile(io.BytesIO(bundle_of(vote))) as archive:
        assert not [name for name in archive.namelist() if name.endswith(".pb")]


def test_what_is_approved_is_said_in_full(app):
    vote = counted_round(app, MANY, publish="ballots")
    words = dict(words_of_publication(subject_of_publication(vote.id, {})))
    assert words["Published of riverside"] == "a file of every ballot, shuffled"
    assert (
        dict(words_of_sealing({"backups_gone_on": "2027-05-01"}))["No backup of the roll is left from"] == "1 May 2027"
    )


def test_the_bundle_passes_both_verifiers_and_its_own_recount(app, tmp_path):
    vote = counted_round(app, MANY, publish="ballots")
    publish(vote)
    folder = unpacked(vote, tmp_path / "bundle")
    assert all(finding.ok for finding in check_bundle(open_bundle(folder)))
    assert run(folder, "verify.py").stdout.endswith("Nothing was changed.\n")
    recounted = run(folder, "recount.py")
    assert (recounted.stdout, recounted.returncode) == ("riverside: agrees\n", 0)


def test_a_tampered_bundle_is_refused_by_both_and_a_changed_ballot_by_the_recount(app, tmp_path):
    vote = counted_round(app, MANY, publish="ballots")
    publish(vote)
    folder = unpacked(vote, tmp_path / "bundle")
    file = folder / "contests" / "riverside.pb"
    changed = file.read_text(encoding="utf-8").replace(";skate\n", ";swings\n", 30)
    file.write_text(changed, encoding="utf-8")
    assert not all(finding.ok for finding in check_bundle(open_bundle(folder)))
    assert run(folder, "verify.py").returncode == 1
    assert run(folder, "recount.py").returncode == 1


def test_pbudget_verify_accepts_the_bundle_and_refuses_one_with_a_changed_line(app, tmp_path):
    vote = counted_round(app, MANY, publish="ballots")
    publish(vote)
    good, bad = tmp_path / "good.zip", tmp_path / "bad.zip"
    good.write_bytes(bundle_of(vote))
    with zipfile.ZipFile(good) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    files["ledger.jsonl"] = files["ledger.jsonl"].replace(b'"kind":"ballot"', b'"kind":"reconcile"', 1)
    bad.write_bytes(zip_bytes(files))
    verified, refused = (CliRunner().invoke(verify, [str(path)]) for path in (good, bad))
    assert (verified.exit_code, verified.output.splitlines()[-1]) == (0, "Nothing was changed.")
    assert (refused.exit_code, refused.output.splitlines()[-1]) == (1, "This bundle cannot be trusted.")


def test_the_auditors_opening_holds_exactly_the_ballots_of_the_file(app):
    vote = counted_round(app, MANY)
    opening = list(opening_lines(vote.id))
    assert verify_opening(list(public_lines(vote.id)), opening).ok
    opened = Counter(tuple(ballot["contests"]["riverside"]) for _, ballot in opened_ballots(opening))
    contest = recount.Contest(contest_content(contest_files(vote.id)[0].pot_id))
    counted = {tuple(name for name, _ in ballot): times for ballot, times in contest.ballots.items()}
    assert opened == counted


def test_the_bundle_is_the_same_bytes_whenever_it_is_built_and_after_a_kill(app, monkeypatch):
    vote = counted_round(app, MANY, publish="ballots")
    publish(vote)
    first, round_ = bundle_of(vote), round_by_id(vote.id)
    parts = round_, latest_bundle(vote.id), publication_of(vote.id).forms
    with monkeypatch.context() as killed, pytest.raises(KeyboardInterrupt):
        killed.setattr(bundles.os, "fsync", _killed)
        bundle_file(*parts)
    place = bundle_file(*parts)
    assert place.read_bytes() == first == bundle_of(vote)
    assert [each.name for each in place.parent.iterdir()] == [place.name]


def _killed(_handle: int) -> None:
    raise KeyboardInterrupt


def test_a_round_is_sealed_after_the_challenge_period_and_not_within_it(app):
    vote = counted_round(app, MANY[:3])
    publish(vote)
    last = publication_of(vote.id).last_challenge_day
    assert (last - vote.closes_at.date()).days == 14
    vote.move_clock(vote.closes_at + timedelta(days=14))
    with pytest.raises(ActNotPossible, match="28 March 2027"):
        subject_of_sealing(vote.id, SEALING)
    vote.move_clock(vote.closes_at + timedelta(days=15))
    with pytest.raises(ActNotPossible, match="locked copy"):
        subject_of_sealing(vote.id, {"backups_gone_on": "2027-05-01"})
    assert subject_of_sealing(vote.id, SEALING)["escrow"] == "destroyed"


def test_sealing_deletes_the_roll_and_the_codes_and_destroys_the_keys(app, tmp_path):
    vote = counted_round(app, MANY[:3])
    publish(vote)
    vote.move_clock(vote.closes_at + timedelta(days=15))
    seal(vote)
    assert entry_ids(vote.id) == [], "hidden in the transaction of the seal"
    assert not all_is_gone(round_by_id(vote.id))
    delete_rolls_of_sealed_rounds()
    delete_rolls_of_sealed_rounds()
    for name in ("voting_code", "roll_entry", "letter_batch", "roll_import", "roll_stop", "desk_permit"):
        rows = table(name, column("round_id"))
        assert db.session.scalar(select(func.count()).where(rows.c.round_id == vote.id)) == 0, name
    ids = KeyIds(**round_by_id(vote.id).key_ids)
    assert load_key(keys_folder(), vote.slug, "round", ids), "the keys go once the seal is committed"
    destroy_keys_of_sealed_rounds()
    destroy_keys_of_sealed_rounds()
    assert keys_are_destroyed(vote.slug)
    assert all_is_gone(round_by_id(vote.id))
    with pytest.raises(KeysDestroyed):
        load_key(keys_folder(), vote.slug, "round", ids)
    assert verify_ledger(vote.id).ok
    assert acts(vote.id)[-1].kind == "seal"
    folder = unpacked(vote, tmp_path / "sealed")
    assert all(finding.ok for finding in check_bundle(open_bundle(folder)))
    assert b'"kind":"seal"' in (folder / "ledger.jsonl").read_bytes()


def test_sealing_leaves_other_rounds_their_roll_and_keys(app):
    other = voted_round(app, MANY[:2], slug="autumn-2027")
    vote = counted_round(app, MANY[:3])
    publish(vote)
    vote.move_clock(vote.closes_at + timedelta(days=15))
    seal(vote)
    destroy_keys_of_sealed_rounds()
    delete_rolls_of_sealed_rounds()
    rows = table("voting_code", column("round_id"))
    assert db.session.scalar(select(func.count()).where(rows.c.round_id == other.id)) == 2
    assert not keys_are_destroyed(other.slug)


def test_a_bundle_without_the_signing_key_says_so(app):
    vote = counted_round(app, MANY, publish="ballots")
    for key in (keys_folder() / vote.slug).glob("*.key"):
        key.unlink()
    publish(vote)
    with zipfile.ZipFile(io.BytesIO(bundle_of(vote))) as archive:
        assert "SHA256SUMS.sig" not in archive.namelist()
        assert "the round's key was lost" in archive.read("README.txt").decode()


def test_outcome_states_the_seed_of_a_public_lot(app):
    vote = counted_round(app, MANY[:3])
    publish(vote)
    said = json.loads(latest_bundle(vote.id).files["outcome.json"])["contests"][0]
    assert said["rule"]["count_ties"] == "id"
