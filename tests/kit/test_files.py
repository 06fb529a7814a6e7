"""Files that are made once: whole or not at all, by whoever comes first."""

import os
import stat

from pbudget.kit import files
from pbudget.kit.files import put_once


def test_a_file_is_put_once_and_only_its_owner_may_read_it(tmp_path):
    path = tmp_path / "secret"
    assert put_once(path, "first")
    assert not put_once(path, "second")
    assert path.read_text() == "first"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path], "a draft was left"


def test_nobody_sees_it_before_it_is_whole_and_on_the_disk(tmp_path, monkeypatch):
    path, really, seen = tmp_path / "secret", os.fsync, []

    def fsync(handle: int) -> None:
        seen.append(path.exists())
        really(handle)

    monkeypatch.setattr(files.os, "fsync", fsync)
    put_once(path, "all of it")
    assert seen == [False, True]
