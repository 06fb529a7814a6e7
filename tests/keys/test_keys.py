"""A round's keys: made once, kept private, checked against the manifest, locked away, destroyed."""

import hashlib
import hmac
import json
import stat
import threading

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pbudget.config import read_settings
from pbudget.keys.actions import (
    KeyMismatch,
    create_keys,
    destroy_keys,
    escrow_copy,
    ids_of,
    load_key,
    load_keys,
    restore_escrow,
)
from pbudget.keys.escrow import EscrowNotOpened, PassphraseTooShort
from pbudget.keys.files import NAMES, KeyMissing, KeyNotPrivate, KeysDestroyed
from pbudget.keys.rules import EntryNotNamed, KeyIds, guard_link_of, key_id, slot_of

ROUND = "spring-2027"
PASSPHRASE = "correct horse battery staple"


@pytest.fixture
def ids(tmp_path) -> KeyIds:
    return create_keys(tmp_path, ROUND)


def file_of(tmp_path, name):
    return tmp_path / ROUND / f"{name}.key"


def test_three_keys_are_made_that_only_their_owner_can_read(ids, tmp_path):
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / ROUND).iterdir()}
    assert modes == {"round.key": 0o600, "guard.key": 0o600, "signing.key": 0o600}
    assert stat.S_IMODE((tmp_path / ROUND).stat().st_mode) == 0o700
    keys = load_keys(tmp_path, ROUND, ids)
    assert len({keys.k_round, keys.k_guard, keys.signing}) == 3
    assert {len(key) for key in (keys.k_round, keys.k_guard, keys.signing)} == {32}


def test_the_ids_name_the_keys_and_give_none_away(ids, tmp_path):
    keys = load_keys(tmp_path, ROUND, ids)
    public = Ed25519PrivateKey.from_private_bytes(keys.signing).public_key().public_bytes_raw().hex()
    assert ids == KeyIds(key_id(keys.k_round), key_id(keys.k_guard), public)
    secrets = [key.hex() for key in (keys.k_round, keys.k_guard, keys.signing)]
    assert not any(secret[:16] in json.dumps(ids.as_json()) for secret in secrets)
    assert KeyIds(**ids.as_json()) == ids


def test_keys_are_never_shown_by_accident(ids, tmp_path):
    keys = load_keys(tmp_path, ROUND, ids)
    assert repr(keys) == "RoundKeys(not shown)"
    assert keys.k_round.hex() not in f"{keys} {keys!r}"


def test_making_keys_again_keeps_the_ones_there_are(ids, tmp_path):
    assert create_keys(tmp_path, ROUND) == ids


def test_a_start_that_was_cut_short_goes_on_with_the_same_keys(ids, tmp_path):
    file_of(tmp_path, "signing").unlink()
    (tmp_path / ROUND / ".signing.0123").write_text("half")
    again = create_keys(tmp_path, ROUND)
    assert (again.round, again.guard) == (ids.round, ids.guard)
    assert again.signing != ids.signing


def test_eight_starts_at_once_make_one_set_of_keys(tmp_path):
    made = []
    threads = [threading.Thread(target=lambda: made.append(create_keys(tmp_path, ROUND))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(made), len(set(made))) == (8, 1)


def test_a_key_that_is_gone_is_noticed_at_once(ids, tmp_path):
    load_keys(tmp_path, ROUND, ids)
    file_of(tmp_path, "round").unlink()
    with pytest.raises(KeyMissing, match="escrow copy"):
        load_keys(tmp_path, ROUND, ids)
    assert load_key(tmp_path, ROUND, "signing", ids)


def test_another_key_in_the_place_is_refused_at_once(ids, tmp_path):
    load_keys(tmp_path, ROUND, ids)
    create_keys(tmp_path, "other")
    for name in NAMES:
        file_of(tmp_path, name).write_text((tmp_path / "other" / f"{name}.key").read_text())
        with pytest.raises(KeyMismatch, match="never make new ones"):
            load_key(tmp_path, ROUND, name, ids)


@pytest.mark.parametrize("content", ["", "zz" * 32, "00" * 31, "00" * 33, "é"])
def test_a_damaged_key_is_refused(ids, tmp_path, content):
    file_of(tmp_path, "round").write_text(content, encoding="utf-8")
    with pytest.raises(KeyMissing, match="damaged"):
        load_keys(tmp_path, ROUND, ids)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_that_others_may_read_is_not_used(ids, tmp_path, mode):
    load_keys(tmp_path, ROUND, ids)
    file_of(tmp_path, "guard").chmod(mode)
    with pytest.raises(KeyNotPrivate, match="chmod 600"):
        load_keys(tmp_path, ROUND, ids)


@pytest.mark.parametrize("slug", ["", "..", "a/b", "A", "-x", "a\n"])
def test_a_name_that_leaves_the_folder_is_refused(tmp_path, slug):
    with pytest.raises(ValueError, match="not a round's slug"):
        create_keys(tmp_path, slug)


def test_destroyed_keys_are_gone_from_the_disk_and_from_memory_and_are_never_made_again(ids, tmp_path):
    secret = load_keys(tmp_path, ROUND, ids).k_round.hex()
    copy = escrow_copy(tmp_path, ROUND, PASSPHRASE)
    (tmp_path / ROUND / ".round.0123").write_text(secret)
    destroy_keys(tmp_path, ROUND)
    left = sorted(path.name for path in (tmp_path / ROUND).iterdir())
    assert left == ["guard.destroyed", "round.destroyed", "signing.destroyed"]
    for act in (
        lambda: load_keys(tmp_path, ROUND, ids),
        lambda: create_keys(tmp_path, ROUND),
        lambda: restore_escrow(tmp_path, copy, PASSPHRASE),
    ):
        with pytest.raises(KeysDestroyed):
            act()
    destroy_keys(tmp_path, ROUND)


def test_what_is_destroyed_is_overwritten_first(ids, tmp_path):
    kept = tmp_path / "another name for the same file"
    kept.hardlink_to(file_of(tmp_path, "round"))
    secret = kept.read_text()
    destroy_keys(tmp_path, ROUND)
    assert len(kept.read_bytes()) == len(secret)
    assert kept.read_bytes() != secret.encode()


def test_the_guard_key_can_go_before_the_others(ids, tmp_path):
    destroy_keys(tmp_path, ROUND, ("guard",))
    with pytest.raises(KeysDestroyed):
        load_key(tmp_path, ROUND, "guard", ids)
    assert load_key(tmp_path, ROUND, "signing", ids)
    assert load_key(tmp_path, ROUND, "round", ids)


def test_an_escrow_copy_restores_the_same_keys_on_another_machine(ids, tmp_path):
    copy = escrow_copy(tmp_path, ROUND, PASSPHRASE)
    other = tmp_path / "other machine"
    assert restore_escrow(other, copy, PASSPHRASE) == ids
    assert load_keys(other, ROUND, ids) == load_keys(tmp_path, ROUND, ids)
    assert restore_escrow(other, copy, PASSPHRASE) == ids, "restoring twice does no harm"


def test_an_escrow_copy_shows_no_key_and_is_locked_afresh_each_time(ids, tmp_path):
    keys = load_keys(tmp_path, ROUND, ids)
    one, other = (escrow_copy(tmp_path, ROUND, PASSPHRASE) for _ in range(2))
    assert one != other
    assert not any(key.hex().encode() in one or key in one for key in (keys.k_round, keys.k_guard, keys.signing))


def test_an_escrow_copy_does_not_open_with_another_passphrase_or_when_it_was_changed(ids, tmp_path):
    copy = escrow_copy(tmp_path, ROUND, PASSPHRASE)
    given = json.loads(copy)
    for data, passphrase in (
        (copy, PASSPHRASE + "!"),
        (json.dumps({**given, "round": "autumn-2027"}).encode(), PASSPHRASE),
        (json.dumps({**given, "box": given["box"][:-2] + "00"}).encode(), PASSPHRASE),
        (json.dumps({**given, "n": 2}).encode(), PASSPHRASE),
        (json.dumps({**given, "keys": {}}).encode(), PASSPHRASE),
        (b"[]", PASSPHRASE),
        (b"\xff", PASSPHRASE),
    ):
        with pytest.raises(EscrowNotOpened):
            restore_escrow(tmp_path / "other", data, passphrase)
    assert not (tmp_path / "other").exists()


def test_a_restore_never_overwrites_another_key(ids, tmp_path):
    copy = escrow_copy(tmp_path, ROUND, PASSPHRASE)
    other = tmp_path / "other machine"
    theirs = create_keys(other, ROUND)
    with pytest.raises(KeyMismatch):
        restore_escrow(other, copy, PASSPHRASE)
    assert ids_of(other, ROUND) == theirs


def test_a_short_passphrase_is_refused_with_the_length(ids, tmp_path):
    with pytest.raises(PassphraseTooShort, match="at least 15"):
        escrow_copy(tmp_path, ROUND, "fourteen chars")


def test_a_slot_is_the_hmac_of_the_entry_and_differs_by_round():
    entry = "roll:0123456789abcdef"
    assert slot_of(b"k" * 32, entry) == hmac.new(b"k" * 32, entry.encode(), hashlib.sha256).hexdigest()
    kinds = [slot_of(b"k" * 32, f"{kind}:1") for kind in ("roll", "contact", "browser", "rehearsal")]
    assert len({*kinds, slot_of(b"l" * 32, "roll:1")}) == 5


@pytest.mark.parametrize("entry", ["", "roll", "roll:", "1234", "person:1", ":1"])
def test_a_slot_is_made_only_from_something_named(entry):
    with pytest.raises(EntryNotNamed):
        slot_of(b"k" * 32, entry)


def test_a_guard_link_cannot_be_made_from_the_round_key():
    slot = slot_of(b"k" * 32, "roll:1")
    link = guard_link_of(b"g" * 32, slot)
    assert link == hmac.new(b"g" * 32, slot.encode(), hashlib.sha256).hexdigest()
    assert link not in (slot, guard_link_of(b"k" * 32, slot))


def test_keys_lie_in_the_instance_folder_unless_the_setting_says_where(tmp_path):
    given = {"PBUDGET_INSTANCE": str(tmp_path / "instance")}
    assert read_settings(given).keys_folder == tmp_path / "instance" / "keys"
    assert read_settings({**given, "PBUDGET_KEYS": str(tmp_path / "safe")}).keys_folder == tmp_path / "safe"
