"""No room on the disk: no vote is called recorded that is not, pages are still read, and it mends itself."""

import os
import resource
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from io import TextIOWrapper
from pathlib import Path

import pytest

from tests.faults.ground import Ground, prepare
from tests.faults.oracle import examine
from tests.faults.shipped import ShippedServer, children_of
from tests.faults.voters import CSRF, NOT_RECORDED, Browser, Notes, found, note_trackers, ready_to_cast
from tests.support.ports import free_port

LETTERS = 8


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 16 MB of its own."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small file system; the limit on the size of files is tried without")
    place = tmp_path / "disk"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "pbudget-test", place], check=True)
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


@pytest.mark.parametrize("kind", ["waitress", pytest.param("gunicorn", marks=pytest.mark.full)])
def test_a_full_disk_refuses_votes_in_words_and_takes_them_when_there_is_room_again(small_disk, tmp_path, kind):
    ground = prepare(small_disk / "instance", letters=LETTERS)
    filler = small_disk / "filler"
    with ShippedServer(kind, ground.environ, free_port(), small_disk / "log") as server:
        refuse_then_take(ground, server, tmp_path, full=lambda: fill(filler), room=filler.unlink)


def test_a_limit_on_the_size_of_files_is_the_same(tmp_path):
    ground = prepare(tmp_path / "instance", letters=LETTERS)
    with ShippedServer("gunicorn", ground.environ, free_port(), tmp_path / "log") as server:

        def limit(size: int) -> None:
            """The first process before those it started: one that it starts meanwhile has the same limit."""
            limited = (size, resource.RLIM_INFINITY)
            resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, limited)
            for pid in children_of(server.process.pid):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, limited)

        refuse_then_take(ground, server, tmp_path, full=lambda: limit(4096), room=lambda: limit(resource.RLIM_INFINITY))


def refuse_then_take(
    ground: Ground, server: ShippedServer, beside: Path, full: Callable[[], None], room: Callable[[], None]
) -> None:
    """Voters who are ready to cast, one who has not begun, and a reader, while there is no room and afterwards."""
    notes = Notes(beside / "voters.jsonl")
    with closing(Browser(server.port, notes)) as late, closing(Browser(server.port, notes)) as ready:
        form = ready_to_cast(ready, ground, 0)
        late.get(f"{ground.path}/begin")
        code = {"csrf_token": found(CSRF, late.page), "code": ground.codes[1]}
        full()
        for _ in range(3):
            refused = ready.send("POST", f"{ground.path}/check", form)
            assert refused is not None
            assert refused.status == 503, refused.heading
            assert NOT_RECORDED in refused.text
        kept_out = late.send("POST", f"{ground.path}/begin", code)
        assert kept_out is not None
        assert kept_out.status == 503, kept_out.heading
        for page in ("/health", ground.path, f"{ground.path}/begin"):
            assert late.get(page).status == 200, "reading must go on"
        assert ready.get(f"{ground.path}/check").status == 200
        room()
        ready.expect("POST", f"{ground.path}/check", 303, form)
        note_trackers([ready], ground, [form], notes)
    assert examine(ground, notes).problems == []


def fill(path: Path) -> None:
    """Write until there is no room at all."""
    with path.open("wb", buffering=0) as file:
        for size in (65536, 4096, 512, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue


def test_a_log_that_cannot_be_written_is_lost_and_the_page_is_not(client, monkeypatch):
    with Path("/dev/full").open("wb", buffering=0) as nowhere:
        monkeypatch.setattr("sys.stderr", TextIOWrapper(nowhere, write_through=True))
        assert client.http.get("/about").status_code == 200
