"""A result bundle is checked by two programs that share no code, and both refuse every change."""

import os
import random
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from pbudget.config import ROOT
from pbudget.ledger import verify_alone
from pbudget.ledger.bundle import BundleNotUsable, check_bundle, check_opening, open_bundle
from pbudget.ledger.checkpoints import CheckpointNotUsable, anchors, read_checkpoint
from pbudget.ledger.public import opening_line, public_line
from pbudget.ledger.rules import canonical, head_after, leaf_of, line_of
from tests.ledger.building import chain, payload
from tests.ledger.bundling import (
    COUNTED,
    MANIFEST,
    PUBLIC,
    SIGNING,
    checkpoint_at,
    sealed_chain,
    write_bundle,
)


def ours(path: Path, against=None) -> bool:
    try:
        return all(finding.ok for finding in check_bundle(open_bundle(path), against))
    except BundleNotUsable:
        return False


def alone(path: Path, kept: Path | None = None) -> bool:
    try:
        verify_alone.check(path, kept)
    except verify_alone.Wrong:
        return False
    return True


def wrong(path: Path, against=None) -> list[str]:
    return [finding.text for finding in check_bundle(open_bundle(path), against) if not finding.ok]


@pytest.fixture
def bundle(tmp_path) -> Path:
    return write_bundle(tmp_path / "bundle")


def test_an_untouched_bundle_is_right_for_both_verifiers(bundle):
    assert (ours(bundle), alone(bundle)) == (True, True)


def test_a_bundle_may_stay_zipped(bundle, tmp_path):
    packed = shutil.make_archive(str(tmp_path / "packed"), "zip", bundle)
    assert ours(Path(packed))


def test_each_of_1000_random_bit_changes_of_a_bundle_is_found_by_both(bundle):
    draw = random.Random(20270318)
    files = sorted(path for path in bundle.rglob("*") if path.is_file() and path.name != "verify.py")
    for _ in range(1000):
        path = draw.choice(files)
        data = path.read_bytes()
        changed = bytearray(data)
        changed[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
        path.write_bytes(changed)
        assert (ours(bundle), alone(bundle)) == (False, False), path.name
        path.write_bytes(data)
    assert (ours(bundle), alone(bundle)) == (True, True)


@pytest.mark.parametrize("name", ["manifest.json", "ledger.jsonl", "checkpoints.jsonl", "outcome.json", "SHA256SUMS"])
def test_a_bundle_without_one_of_its_files_is_refused(bundle, name):
    (bundle / name).unlink()
    assert (ours(bundle), alone(bundle)) == (False, False)


def test_a_file_too_many_is_refused(bundle):
    (bundle / "letter.txt").write_text("Vote again")
    assert (ours(bundle), alone(bundle)) == (False, False)
    (bundle / "letter.txt").rename(bundle / ".letter.txt")
    assert (ours(bundle), alone(bundle)) == (True, True), "what a file browser hides is not part of the bundle"


def forged_after_the_fact() -> list:
    """A ledger in which ballot 3 was changed and every fingerprint made anew."""
    entries = sealed_chain()
    done = entries[:2]
    for entry in [entries[2]._replace(payload=entries[4].payload), *entries[3:]]:
        leaf = leaf_of(line_of(entry))
        done.append(entry._replace(leaf=leaf, head=head_after(done[-1].head, leaf)))
    return done


def test_whoever_holds_the_signing_key_can_make_a_new_bundle_but_not_meet_a_checkpoint_kept_elsewhere(tmp_path):
    forged = write_bundle(tmp_path / "forged", forged_after_the_fact())
    assert (ours(forged), alone(forged)) == (True, True), "this is what checkpoints sent to witnesses are for"
    kept = checkpoint_at(sealed_chain(), 6)
    (tmp_path / "kept.json").write_text(kept.as_json() + "\n")
    assert (ours(forged, kept), alone(forged, tmp_path / "kept.json")) == (False, False)
    true = write_bundle(tmp_path / "true")
    assert (ours(true, kept), alone(true, tmp_path / "kept.json")) == (True, True)


@pytest.mark.parametrize("left", [1, 5, 11])
def test_a_cut_ledger_is_refused_as_rollback_by_a_kept_checkpoint(tmp_path, left):
    entries = sealed_chain()
    cut = b"".join(map(public_line, entries[:left]))
    ends = (checkpoint_at(entries, left).as_json() + "\n").encode()
    folder = write_bundle(tmp_path, entries, **{"ledger.jsonl": cut, "checkpoints.jsonl": ends})
    kept = checkpoint_at(entries, 12)
    (tmp_path.parent / "kept.json").write_text(kept.as_json())
    assert "removed" in " ".join(wrong(folder, kept))
    assert not alone(folder, tmp_path.parent / "kept.json")


def test_entries_that_no_checkpoint_covers_are_refused(tmp_path):
    entries = sealed_chain()
    only_early = (checkpoint_at(entries, 4).as_json() + "\n").encode()
    folder = write_bundle(tmp_path, entries, **{"checkpoints.jsonl": only_early})
    assert "no checkpoint covers" in " ".join(wrong(folder))
    assert not alone(folder)


@pytest.mark.parametrize(
    "changed",
    [
        {"outcome.json": b'{"winners":["b"]}'},
        {"manifest.json": canonical({"keys": {}, "round": "x"})},
        {"manifest.json": canonical({"keys": [PUBLIC]})},
        {"manifest.json": b"[]"},
        {"manifest.json": MANIFEST + b"\n"},
        {"checkpoints.jsonl": b""},
        {"checkpoints.jsonl": b"{}\n"},
        {"ledger.jsonl": b""},
        {"ledger.jsonl": b"{}\n"},
        {"ledger.jsonl": b"\xff\n"},
    ],
)
def test_a_bundle_that_was_changed_and_signed_again_is_refused(tmp_path, changed):
    folder = write_bundle(tmp_path, **changed)
    assert (ours(folder), alone(folder)) == (False, False)


def test_a_counted_file_the_auditor_keeps_is_named(bundle, capsys):
    findings = [finding.text for finding in check_bundle(open_bundle(bundle))]
    assert any("with the auditor: contests/borough.pb" in text for text in findings)
    verify_alone.check(bundle)
    assert "contests/borough.pb (not published: ask the auditor)" in capsys.readouterr().out


def test_a_zip_with_two_files_of_one_name_is_refused(bundle, tmp_path):
    packed = Path(shutil.make_archive(str(tmp_path / "packed"), "zip", bundle))
    with zipfile.ZipFile(packed, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("outcome.json", b"{}")
    with pytest.raises(BundleNotUsable, match="two files of one name"):
        open_bundle(packed)


def test_what_is_no_bundle_is_refused_with_what_to_do(tmp_path):
    (tmp_path / "letter.txt").write_text("hello")
    with pytest.raises(BundleNotUsable, match="neither a folder nor"):
        open_bundle(tmp_path / "letter.txt")
    with pytest.raises(BundleNotUsable, match=r"no manifest\.json"):
        list(check_bundle(open_bundle(tmp_path)))


def test_the_file_in_the_bundle_runs_without_installing_anything(bundle, tmp_path):
    (tmp_path / "kept.json").write_text(checkpoint_at(sealed_chain(), 6).as_json() + "\n")
    plain = [sys.executable, "-I", "-S", str(bundle / "verify.py")]
    done = subprocess.run([*plain, str(bundle), str(tmp_path / "kept.json")], capture_output=True, text=True)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "Nothing was changed."), done.stderr
    assert subprocess.run(plain, capture_output=True).returncode == 0, "without arguments: the folder it lies in"
    (bundle / "outcome.json").write_text("{}")
    done = subprocess.run(plain, capture_output=True, text=True)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (1, "WRONG: outcome.json is not the file in SHA256SUMS.")


def test_our_ed25519_agrees_with_cryptographys_on_hundreds_of_random_cases():
    draw = random.Random(20270319)
    for case in range(300):
        private = Ed25519PrivateKey.from_private_bytes(draw.randbytes(32))
        public, message = private.public_key().public_bytes_raw(), draw.randbytes(draw.randrange(200))
        signature = bytearray(private.sign(message))
        key = bytearray(public)
        if case % 3:
            target = (signature, key)[case % 2]
            target[draw.randrange(len(target))] ^= 1 << draw.randrange(8)
        assert verify_alone.is_signed(bytes(key), message, bytes(signature)) == theirs(key, message, signature)


def theirs(key: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(bytes(key)).verify(bytes(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def test_a_signature_in_its_other_form_is_refused():
    signature = Ed25519PrivateKey.from_private_bytes(SIGNING).sign(b"x")
    other = signature[:32] + (int.from_bytes(signature[32:], "little") + verify_alone.L).to_bytes(32, "little")
    public = bytes.fromhex(PUBLIC)
    assert [verify_alone.is_signed(public, b"x", each) for each in (signature, other)] == [True, False]


def test_checkpoints_that_disagree_are_refused():
    one, other = checkpoint_at(sealed_chain(), 6), checkpoint_at(forged_after_the_fact(), 6)
    with pytest.raises(CheckpointNotUsable, match="disagree"):
        anchors([one, other], one.round, PUBLIC)
    with pytest.raises(CheckpointNotUsable, match="not for 'autumn'"):
        anchors([one], "autumn", PUBLIC)
    with pytest.raises(CheckpointNotUsable, match="not signed"):
        anchors([one], one.round, "0" * 63 + "1")


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"head":1}', "\x00"])
def test_a_checkpoint_not_in_its_form_is_refused(text):
    with pytest.raises(CheckpointNotUsable):
        read_checkpoint(text)


def test_a_checkpoint_can_be_copied_out_of_a_mail():
    one = checkpoint_at(sealed_chain(), 6)
    assert read_checkpoint(f"\n  {one.as_json()}\r\n") == one
    assert one.words().startswith("6 entries, fingerprint ")


def run(*words: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    program = [sys.executable, "-c", "from pbudget.cli import main; main()", "verify", *words]
    return subprocess.run(program, cwd=ROOT, env={**os.environ, **environ}, capture_output=True, text=True)


def test_pbudget_verify_says_what_it_checked_and_ends_with_its_answer(bundle, tmp_path):
    good = run(str(bundle))
    assert (good.returncode, good.stdout.splitlines()[-1]) == (0, "Nothing was changed.")
    (tmp_path / "kept.json").write_text(checkpoint_at(forged_after_the_fact(), 6).as_json())
    bad = run(str(bundle), "--against", str(tmp_path / "kept.json"))
    assert bad.returncode == 1
    assert "entry 6 cannot be trusted" in bad.stdout
    nothing = run(str(tmp_path / "nothing.zip"), PBUDGET_INSTANCE=str(tmp_path))
    assert (nothing.returncode, nothing.stderr.count("\n")) == (2, 1), nothing.stderr


def test_the_auditors_file_is_checked_against_the_bundle(bundle, tmp_path):
    ballots = [opening_line(entry) for entry in sealed_chain() if entry.kind == "ballot"]
    checked = open_bundle(bundle)
    assert check_opening(checked, ballots).text == "the opening: all 8 ballots as recorded; 8 of them count"
    for wrong_file in (ballots[1:], ballots[:-1], [*ballots, ballots[0]], ballots[::-1], [b"no opening\n"], []):
        assert not check_opening(checked, wrong_file).ok
    (tmp_path / "opening.jsonl").write_bytes(b"".join(ballots).replace(b'\\"a\\"', b'\\"b\\"', 1))
    found = run(str(bundle), "--opening", str(tmp_path / "opening.jsonl"))
    assert (found.returncode, "the opened ballot is not the one that was recorded" in found.stdout) == (1, True)
    assert run("--opening", str(tmp_path / "opening.jsonl")).returncode == 2


def test_checking_a_bundle_loads_neither_the_web_nor_the_database(bundle):
    code = f"""
import sys
from pbudget.cli import pbudget
pbudget(["verify", {str(bundle)!r}], standalone_mode=False)
"""
    watched = code.replace("pbudget([", "\ntry:\n    pbudget([") + "except SystemExit:\n    pass\n"
    watched += "print(sorted({'flask', 'sqlalchemy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", watched], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]", done.stderr


def test_every_file_of_the_count_is_compared_with_the_ledger(tmp_path):
    for name in COUNTED:
        folder = write_bundle(tmp_path / name.replace("/", "-"), **{name: b"other"})
        assert wrong(folder) == [f"{name}: not the file that was counted"]


def test_sums_are_refused_when_they_are_not_sums(bundle):
    for line in (b"hello\n", b"0" * 64 + b"  a\n" + b"0" * 64 + b"  a\n", b"\xff\n", b""):
        (bundle / "SHA256SUMS").write_bytes(line)
        assert (ours(bundle), alone(bundle)) == (False, False)


OUT_OF_PLACE = {
    "a ballot after the close": [("open", {}), ("close", {}), ("ballot", payload())],
    "a ballot after the annulment": [("open", {}), ("annul", {}), ("ballot", payload())],
    "two openings": [("open", {}), ("open", {}), ("close", {})],
    "no opening": [("amend", {}), ("amend", {}), ("close", {})],
    "an entry after the seal": [("open", {}), ("close", {}), ("seal", {}), ("publish", {})],
}


@pytest.mark.parametrize("case", OUT_OF_PLACE)
def test_an_entry_out_of_its_time_is_refused_by_both_however_well_it_is_signed(tmp_path, case):
    entries = chain(*OUT_OF_PLACE[case], manifest=MANIFEST)
    ends = (checkpoint_at(entries, len(entries)).as_json() + "\n").encode()
    lines = b"".join(map(public_line, entries))
    folder = write_bundle(tmp_path, **{"ledger.jsonl": lines, "checkpoints.jsonl": ends})
    assert (ours(folder), alone(folder)) == (False, False)


def test_an_entry_of_another_round_is_refused_by_both(tmp_path):
    entries = sealed_chain()
    changed = entries[-1]._replace(round="autumn-2027")
    leaf = leaf_of(line_of(changed))
    entries[-1] = changed._replace(leaf=leaf, head=head_after(entries[-2].head, leaf))
    folder = write_bundle(tmp_path, entries)
    assert (ours(folder), alone(folder)) == (False, False)
