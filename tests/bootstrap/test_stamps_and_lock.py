"""A finished step is skipped, an unfinished one is not, and two set-ups take turns."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pbudget.bootstrap.lock import one_set_up_at_a_time
from pbudget.bootstrap.places import Places
from pbudget.bootstrap.progress import Progress, seconds
from pbudget.bootstrap.stamps import digest_of, is_stamped, replace_file, write_stamp
from pbudget.bootstrap.tools import Workshop

HOLD = """
import fcntl, sys
with open(sys.argv[1], "w") as lock:
    fcntl.flock(lock, fcntl.LOCK_EX)
    lock.write("4711")
    lock.flush()
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_a_step_is_done_only_for_the_inputs_it_was_stamped_with(tmp_path: Path) -> None:
    stamp, first, second = tmp_path / "stamp", digest_of({"lock": b"one"}), digest_of({"lock": b"two"})
    assert not is_stamped(stamp, first)
    write_stamp(stamp, first)
    assert is_stamped(stamp, first)
    assert not is_stamped(stamp, second)


def test_bytes_cannot_move_from_one_input_to_the_next_unseen() -> None:
    assert digest_of({"a": b"xy", "b": b""}) != digest_of({"a": b"x", "b": b"y"})
    assert digest_of({"a": b"x", "b": b"y"}) == digest_of({"b": b"y", "a": b"x"})


def test_a_damaged_stamp_is_no_stamp(tmp_path: Path) -> None:
    (tmp_path / "stamp").write_bytes(b"\xff\xfe")
    assert not is_stamped(tmp_path / "stamp", digest_of({}))


def test_a_file_is_replaced_whole_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    for content in (b"first", b"second"):
        replace_file(tmp_path / "folder" / "file", content)
    assert [(file.name, file.read_bytes()) for file in (tmp_path / "folder").iterdir()] == [("file", b"second")]


def test_a_second_set_up_waits_says_so_and_goes_on(checkout: Places, capsys: pytest.CaptureFixture[str]) -> None:
    checkout.logs.mkdir(parents=True)
    command = [sys.executable, "-c", HOLD, str(checkout.set_up / "lock")]
    first = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert first.stdout
    first.stdout.readline()

    class LettingGo(Progress):
        """As soon as the second says that it waits, the first is told to end."""

        def say(self, line: str) -> None:
            super().say(line)
            assert first.poll() is None
            first.communicate(b"\n")

    with one_set_up_at_a_time(checkout, LettingGo(1)):
        assert first.poll() == 0, "did not wait for the other set-up"
    assert "Another set-up is running here (process 4711)" in capsys.readouterr().out


def test_a_tool_that_outlives_a_killed_set_up_keeps_the_lock(checkout: Places) -> None:
    checkout.logs.mkdir(parents=True)
    with one_set_up_at_a_time(checkout, Progress(1)) as lock:
        orphan = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=[lock])
    with (checkout.set_up / "lock").open() as other:
        with pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        orphan.communicate(b"\n")
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_every_tool_is_handed_the_lock(checkout: Places) -> None:
    checkout.logs.mkdir(parents=True)
    with one_set_up_at_a_time(checkout, Progress(1)) as lock:
        workshop = Workshop(checkout, Progress(1), os.environ, [lock])
        workshop.run("Any step", [sys.executable, "-c", f"import os; os.fstat({lock})"])


@pytest.mark.parametrize(("elapsed", "said"), [(0.31, "0.3 s"), (59.94, "59.9 s"), (75, "1 min 15 s")])
def test_time_is_told_in_words_people_use(elapsed: float, said: str) -> None:
    assert seconds(elapsed) == said
