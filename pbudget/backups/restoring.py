"""Putting a backup in the place of the database: looked at first, all or nothing, the old file kept."""

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from flask import Flask
from sqlalchemy import inspect, make_url
from sqlalchemy.exc import SQLAlchemyError

from pbudget import schema
from pbudget.backups.actions import begin_watching_anew, ledger_states, read_backup, record_loss
from pbudget.backups.copying import DatabaseInUse, load_postgresql, refuse_sqlite_in_use, sync
from pbudget.backups.rules import BackupNotUsable, Known, Loss, losses
from pbudget.config import Settings, read_settings
from pbudget.db import db
from pbudget.ledger.checkpoints import Checkpoint
from pbudget.ledger.queries import database_damage, rounds_with_a_ledger, verify_ledger
from pbudget.ledger.watch import SEEN

SUFFIXES = ("", "-wal", "-shm")


class RollbackNotExcluded(BackupNotUsable):
    """Nobody said how far an open round's ledger was; the message says which checkpoint is needed."""


class BackupNotWhole(BackupNotUsable):
    """The copy does not verify, or is not what the checkpoint saw; nothing was changed."""


class Restoring:
    """One backup about to be restored, with the checkpoints it must reach."""

    def __init__(self, folder: Path, checkpoints: Sequence[Checkpoint], none_sent: bool = False) -> None:
        """Raises BackupNotUsable for a backup that this installation cannot take."""
        self.folder, self.checkpoints, self.note = folder, list(checkpoints), read_backup(folder)
        self.settings: Settings = read_settings()
        self._refuse_another_kind()
        if not none_sent:
            self._refuse_without_a_checkpoint()

    def losses(self) -> list[Loss]:
        """What the backup lacks of what checkpoints, this machine and the database in place know."""
        known = [Known(each.round, each.size, f"the checkpoint of {each.utc}") for each in self.checkpoints]
        return losses(self.note.ledgers, [*known, *self._seen_here(), *self._in_place()])

    def restore(self, lost: Sequence[Loss], people: Sequence[str], reason: str) -> list[str]:
        """Do it; what to tell the person. The old SQLite file stays beside the new one."""
        put = self._put_sqlite if self.note.engine == "sqlite" else self._put_postgresql
        kept = put(lost)
        with application(self.settings):
            record_loss(lost, people, reason)
            begin_watching_anew()
        lines = [f"ok     {each.round}: {each.entries:,} entries" for each in self.note.ledgers]
        lines += [f"       The database that was here is kept as {kept}"] if kept else []
        return [*lines, "Restored. Put the rounds' keys back (pbudget keys restore), then start the services."]

    @cached_property
    def database(self) -> Path:
        """The file of an SQLite database."""
        return Path(str(make_url(self.settings.database_url).database))

    def _refuse_another_kind(self) -> None:
        engine = make_url(self.settings.database_url).get_backend_name()
        if engine != self.note.engine:
            raise BackupNotUsable(f"This backup is of {self.note.engine}, and DATABASE_URL names {engine}. Change it.")
        if self.note.schema != schema.newest():
            raise BackupNotUsable(
                f"This backup was made by pbudget {self.note.version} with another schema. Use that version."
            )

    def _refuse_without_a_checkpoint(self) -> None:
        named = {each.round for each in self.checkpoints}
        missing = [each.round for each in self.note.ledgers if each.open and each.round not in named]
        if missing:
            raise RollbackNotExcluded(
                f"Nobody can tell whether this backup of {', '.join(missing)} lacks votes. Name the newest "
                "checkpoint a witness received: --against FILE. If none was sent: --none-sent. Nothing was changed."
            )

    def _seen_here(self) -> list[Known]:
        try:
            seen = json.loads((self.settings.instance / SEEN).read_text(encoding="utf-8"))
            return [Known(name, size, "this machine") for name, (size, _head) in seen.items()]
        except (OSError, ValueError, TypeError, AttributeError):
            return []

    def _in_place(self) -> list[Known]:
        """What the database that would be replaced has; nothing where there is none that can be read."""
        if self.note.engine != "sqlite" or not self.database.is_file():
            return []
        try:
            with application(self.settings):
                return [Known(each.round, each.entries, "the database in its place") for each in ledger_states()]
        except SQLAlchemyError:
            return []

    def _put_sqlite(self, lost: Sequence[Loss]) -> str:
        refuse_sqlite_in_use(self.database)
        new = self.database.with_name(f"{self.database.name}.restoring")
        shutil.copy(self.folder / self.note.file, new)
        new.chmod(0o600)
        sync(new)
        try:
            with application(replace(self.settings, database_url=f"sqlite:///{new}")):
                self._refuse_what_does_not_verify(lost)
        except BaseException:
            remove(new)
            raise
        kept = set_aside(self.database)
        new.replace(self.database)
        for suffix in ("-wal", "-shm", ".lock"):
            new.with_name(new.name + suffix).unlink(missing_ok=True)
        sync(self.database)
        return kept

    def _put_postgresql(self, lost: Sequence[Loss]) -> str:
        with application(self.settings):
            if inspect(db.engine).get_table_names():
                raise DatabaseInUse(
                    "The database in DATABASE_URL is not empty. Make an empty one (createdb), name it in DATABASE_URL "
                    "and restore into that; the old one stays as it is. Nothing was changed."
                )
        load_postgresql(self.settings.database_url, self.folder / self.note.file)
        with application(self.settings):
            try:
                self._refuse_what_does_not_verify(lost)
            except BaseException:
                schema.empty()
                raise
        return ""

    def _refuse_what_does_not_verify(self, lost: Sequence[Loss]) -> None:
        """Verify every ledger, against its checkpoint unless that one is the accepted loss."""
        given_up = {each.round for each in lost}
        against = {each.round: each for each in self.checkpoints if each.round not in given_up}
        damage = database_damage()
        found = {name: verify_ledger(round_id, against.get(name)) for round_id, name in rounds_with_a_ledger()}
        wrong = [f"{name}: {each.reason}" for name, each in found.items() if not each.ok]
        wrong += [f"the file is damaged: {damage}"] if damage else []
        wrong += [] if ledger_states() == self.note.ledgers else [f"it is not what {self.folder} says it is"]
        if wrong:
            raise BackupNotWhole(
                f"This backup cannot be trusted: {'; '.join(wrong)}. Nothing was changed. Use another."
            )


@contextmanager
def application(settings: Settings) -> Iterator[Flask]:
    """The application on a database, with nothing of it left open afterwards."""
    from app import create_app

    with create_app(settings).app_context() as context:
        try:
            yield context.app
        finally:
            db.session.remove()
            db.engine.dispose()


def set_aside(database: Path) -> str:
    """Give an SQLite database, with its log, another name; that name, or nothing where there was none."""
    if not database.exists():
        return ""
    kept = f"{database.name}.before-restore-{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}"
    for suffix in reversed(SUFFIXES):
        old = database.with_name(database.name + suffix)
        if old.exists():
            old.replace(database.with_name(kept + suffix))
    return kept


def remove(database: Path) -> None:
    """Remove an SQLite database of ours that is not needed."""
    for suffix in (*SUFFIXES, ".lock"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)
