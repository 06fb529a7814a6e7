"""Backup while people vote, restore elsewhere, verify; an older backup is refused unless two people answer for it."""

import json
import shutil
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from pbudget.audit.queries import entries as audit_entries
from pbudget.backups.rules import NOTE
from pbudget.db import db
from pbudget.ledger.queries import acts, head_of, verify_ledger
from pbudget.ledger.watch import SEEN, LedgerNotTrusted, check_ledgers, rollback_problem
from pbudget.results.counting import LedgerNotWhole, refuse_a_changed_ledger
from tests.backups.conftest import cast, checkpoint
from tests.faults.ground import SLUG, Ground
from tests.faults.test_power_cut import Writing


def only_backup(folder: Path) -> Path:
    (found,) = folder.iterdir()
    return found


def at(ground: Ground, environ: dict[str, str]) -> Ground:
    """The same round on another installation."""
    return Ground(Path(environ["PBUDGET_INSTANCE"]), environ, ground.round_id, ground.codes, ground.slots)


def test_a_backup_taken_while_people_vote_is_restored_elsewhere_and_verifies(ground, run, elsewhere, tmp_path):
    cast(ground, 5, first=1000)
    witnessed = checkpoint(ground, tmp_path / "checkpoint.json")
    with ground.looked_at() as app, Writing(app, ground) as writing:
        while writing.acknowledged < 5:
            threading.Event().wait(0.01)
        done = run(ground.environ, "backup", tmp_path / "backups")
        at_least = writing.acknowledged
        while writing.acknowledged < at_least + 3:
            threading.Event().wait(0.01)
    assert done.exit_code == 0, done.output
    folder = only_backup(tmp_path / "backups")
    done = run(elsewhere, "restore", folder, "--against", witnessed)
    assert done.exit_code == 0, done.output
    with at(ground, elsewhere).looked_at():
        found, state = verify_ledger(ground.round_id), json.loads((folder / NOTE).read_text())["ledgers"][0]
        assert found.ok
        assert (found.size, found.head) == (state["entries"], state["head"])
        assert found.size >= 1 + 5 + 1 + 5
    done = run(elsewhere, "verify", SLUG, "--against", witnessed)
    assert done.exit_code == 0, done.output


def test_people_can_vote_in_a_restored_round_once_the_keys_are_back_from_escrow(ground, run, elsewhere, tmp_path):
    from pbudget.keys.actions import escrow_copy, load_key
    from pbudget.keys.files import KeyMissing

    run(ground.environ, "backup", tmp_path / "backups")
    copy = tmp_path / "escrow.json"
    copy.write_bytes(escrow_copy(ground.instance / "keys", SLUG, "a passphrase of an officer"))
    done = run(elsewhere, "restore", only_backup(tmp_path / "backups"), "--none-sent")
    assert done.exit_code == 0, done.output
    keys = Path(elsewhere["PBUDGET_INSTANCE"]) / "keys"
    with at(ground, elsewhere).looked_at():
        from pbudget.ballots.queries import key_ids_of

        ids = key_ids_of(ground.round_id)
        assert ids is not None
        with pytest.raises(KeyMissing):
            load_key(keys, SLUG, "round", ids)
    done = run(elsewhere, "keys", "restore", copy, "--passphrase", "not the passphrase")
    assert done.exit_code != 0
    done = run(elsewhere, "keys", "restore", copy, "--passphrase", "a passphrase of an officer")
    assert done.exit_code == 0, done.output
    assert ids.signing in done.output
    assert load_key(keys, SLUG, "round", ids) == load_key(ground.instance / "keys", SLUG, "round", ids)


def test_a_backup_older_than_a_checkpoint_is_refused_and_nothing_is_changed(ground, run, elsewhere, tmp_path):
    cast(ground, 3)
    run(ground.environ, "backup", tmp_path / "backups")
    cast(ground, 2, first=3)
    witnessed = checkpoint(ground, tmp_path / "checkpoint.json")
    folder = only_backup(tmp_path / "backups")
    done = run(elsewhere, "restore", folder, "--against", witnessed)
    assert done.exit_code != 0
    assert "would lose 3" in done.output + str(done.exception)
    for people in ([], ["--person", "Test officer 1"], ["--person", "Test officer 1", "--person", " test  officer 1"]):
        done = run(elsewhere, "restore", folder, "--against", witnessed, "--accept-loss", "--reason", "fire", *people)
        assert done.exit_code != 0, people
    two = ["--accept-loss", "--person", "Test officer 1", "--person", "Test officer 2"]
    assert run(elsewhere, "restore", folder, "--against", witnessed, *two).exit_code != 0, "no reason was given"
    assert not (Path(elsewhere["PBUDGET_INSTANCE"]) / "pbudget.sqlite").exists()
    done = run(elsewhere, "restore", folder, "--against", witnessed, *two, "--reason", "The server room burnt.")
    assert done.exit_code == 0, done.output
    with at(ground, elsewhere).looked_at():
        assert verify_ledger(ground.round_id).ok
        said = [each.body for each in acts(ground.round_id) if each.kind == "amend"]
        (recorded,) = [each for each in audit_entries(20) if each.act == "restored from an older backup"]
    assert [(body["what"], body["entries"], body["known"], body["lost"]) for body in said] == [("restore", 4, 7, 3)]
    assert "Test officer" not in json.dumps(said), "the public ledger names nobody"
    assert "Test officer 1" in recorded.detail
    assert "Test officer 2" in recorded.detail
    assert run(elsewhere, "verify", SLUG, "--against", witnessed).exit_code == 1, "the loss is seen for ever"


def test_an_open_round_is_not_restored_before_somebody_says_how_far_it_was(ground, run, elsewhere, tmp_path):
    run(ground.environ, "backup", tmp_path / "backups")
    done = run(elsewhere, "restore", only_backup(tmp_path / "backups"))
    assert done.exit_code != 0
    assert "--against" in str(done.exception)


def test_a_checkpoint_of_another_chain_is_refused(ground, run, elsewhere, tmp_path):
    cast(ground, 3)
    run(ground.environ, "backup", tmp_path / "backups")
    witnessed = checkpoint(ground, tmp_path / "checkpoint.json")
    other = json.loads(witnessed.read_text())
    witnessed.write_text(json.dumps({**other, "size": 2}, separators=(",", ":"), sort_keys=True))
    done = run(elsewhere, "restore", only_backup(tmp_path / "backups"), "--against", witnessed)
    assert done.exit_code != 0
    assert "cannot be trusted" in str(done.exception)
    if ground.engine == "sqlite":
        assert not list(Path(elsewhere["PBUDGET_INSTANCE"]).glob("pbudget.sqlite*"))
    done = run(elsewhere, "restore", only_backup(tmp_path / "backups"), "--none-sent")
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize("harm", ["changed copy", "no note", "broken note", "no copy"])
def test_a_damaged_backup_is_refused(sqlite_ground, run, tmp_path, harm):
    run(sqlite_ground.environ, "backup", tmp_path / "backups")
    folder = only_backup(tmp_path / "backups")
    if harm == "changed copy":
        with (folder / "database.sqlite").open("r+b") as file:
            file.seek(5000)
            file.write(b"!")
    elif harm == "no copy":
        (folder / "database.sqlite").unlink()
    else:
        (folder / NOTE).unlink() if harm == "no note" else (folder / NOTE).write_text('{"format": 1}')
    there = {**sqlite_ground.environ, "PBUDGET_INSTANCE": str(tmp_path / "elsewhere")}
    assert run(there, "restore", folder, "--none-sent").exit_code != 0
    assert not (tmp_path / "elsewhere" / "pbudget.sqlite").exists()


def test_a_changed_ledger_makes_a_backup_that_says_so_loudly(ground, run, elsewhere, tmp_path):
    cast(ground, 3)
    with ground.looked_at():
        tamper(ground)
    done = run(ground.environ, "backup", tmp_path / "backups")
    assert done.exit_code == 1
    assert "entry 3 cannot be trusted" in done.output
    folder = only_backup(tmp_path / "backups")
    assert folder.name.endswith("-NOT-WHOLE")
    done = run(elsewhere, "restore", folder, "--none-sent")
    assert done.exit_code != 0
    assert "cannot be trusted" in str(done.exception)


def tamper(ground: Ground) -> None:
    """Change a stored ballot, as somebody with the database in their hands would."""
    from tests.conftest import append_only_lifted

    changed = "UPDATE ledger_entry SET payload = replace(payload, 'skate', 'swing') WHERE seq = 3"
    with db.engine.connect().execution_options(writing=True) as connection:
        if ground.engine == "postgresql":
            with append_only_lifted(connection):
                connection.execute(text(changed))
        else:
            connection.connection.driver_connection.set_authorizer(None)
            connection.detach()
            triggers = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
            for name, _ in triggers:
                connection.execute(text(f"DROP TRIGGER {name}"))
            connection.execute(text(changed))
            for _, sql in triggers:
                connection.execute(text(sql))
        connection.commit()


def test_nothing_is_restored_over_a_database_in_use(ground, run, tmp_path):
    cast(ground, 1)
    run(ground.environ, "backup", tmp_path / "backups")
    with ground.looked_at():
        head_of(ground.round_id)
        done = run(ground.environ, "restore", only_backup(tmp_path / "backups"), "--none-sent")
        assert done.exit_code != 0
        assert "in use" in str(done.exception) or "not empty" in str(done.exception)
        assert verify_ledger(ground.round_id).ok


def test_the_sqlite_database_in_the_place_is_kept_and_its_votes_are_not_lost_unnoticed(sqlite_ground, run, tmp_path):
    run(sqlite_ground.environ, "backup", tmp_path / "backups")
    cast(sqlite_ground, 4)
    folder = only_backup(tmp_path / "backups")
    done = run(sqlite_ground.environ, "restore", folder, "--none-sent")
    assert done.exit_code != 0
    assert "the database in its place has 5" in done.output
    two = ["--accept-loss", "--person", "Test officer 1", "--person", "Test officer 2", "--reason", "A trial."]
    done = run(sqlite_ground.environ, "restore", folder, "--none-sent", *two)
    assert done.exit_code == 0, done.output
    (kept,) = sqlite_ground.instance.glob("pbudget.sqlite.before-restore-*[0-9]Z")
    shutil.copy(kept, tmp_path / "kept.sqlite")
    environ = {**sqlite_ground.environ, "DATABASE_URL": f"sqlite:///{tmp_path / 'kept.sqlite'}"}
    assert "5 entries" in run(environ, "verify", SLUG).output


def test_a_machine_remembers_how_far_a_ledger_was_and_finds_an_older_copy_in_its_place(sqlite_ground, run, tmp_path):
    cast(sqlite_ground, 2)
    run(sqlite_ground.environ, "backup", tmp_path / "backups")
    cast(sqlite_ground, 2, first=2)
    with sqlite_ground.looked_at() as app:
        check_ledgers()
        assert app.test_client().get("/ready").status_code == 200
    for suffix in ("-wal", "-shm"):
        sqlite_ground.database.with_name(f"pbudget.sqlite{suffix}").unlink(missing_ok=True)
    shutil.copy(only_backup(tmp_path / "backups") / "database.sqlite", sqlite_ground.database)
    with sqlite_ground.looked_at() as app:
        assert "had 5 entries and has 3 entries now" in rollback_problem()
        ready = app.test_client().get("/ready")
        assert ready.status_code == 503
        assert "an older copy was put in its place" in ready.text
        with pytest.raises(LedgerNotTrusted):
            check_ledgers()
        with pytest.raises(LedgerNotWhole, match="an older copy was put in its place"):
            refuse_a_changed_ledger(sqlite_ground.round_id)
    cast(sqlite_ground, 3, first=7)
    with sqlite_ground.looked_at():
        assert "is not what it was at 5 entries" in rollback_problem(), "other ballots do not make up for the lost ones"


def test_keys_letters_uploads_and_limits_are_not_in_a_backup(ground, run, tmp_path):
    for folder in ("letters", "uploads", "limits"):
        (ground.instance / folder).mkdir(exist_ok=True)
        (ground.instance / folder / "canary").write_text("canary of a test")
    run(ground.environ, "backup", tmp_path / "backups")
    everything = b"".join(path.read_bytes() for path in tmp_path.glob("backups/*/*"))
    keys = [path.read_text().strip() for path in (ground.instance / "keys" / SLUG).glob("*.key")]
    secrets = [*keys, (ground.instance / "secret-key").read_text().strip(), "canary of a test", *ground.codes]
    assert len(keys) == 3
    for secret in secrets:
        assert secret.encode() not in everything
        assert secret.replace("-", "").encode() not in everything
    assert {path.name for path in only_backup(tmp_path / "backups").iterdir()} <= {
        "database.sqlite",
        "database.dump",
        NOTE,
    }


@pytest.fixture
def sqlite_ground(tmp_path: Path) -> Ground:
    """An open round on SQLite."""
    from tests.faults.ground import prepare

    return prepare(tmp_path / "instance", letters=2)


def test_a_list_of_what_was_seen_that_cannot_be_read_is_said_and_is_no_error_page(sqlite_ground):
    (sqlite_ground.instance / SEEN).write_text("not what was written")
    with sqlite_ground.looked_at() as app:
        ready = app.test_client().get("/ready")
        assert ready.status_code == 503
        assert "cannot be read" in ready.text
