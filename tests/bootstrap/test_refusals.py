"""What stops a start is told in one line, before the long part, with what to do about it."""

import ast
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pbudget.bootstrap import preflight
from pbudget.bootstrap.places import ROOT, Places
from pbudget.bootstrap.preflight import refuse_taken_port, refuse_unusable_folder
from pbudget.bootstrap.stops import FolderNotWritable, PortNotUsable
from tests.support.ports import free_port

OLD = "import sys; sys.version_info = (3, 6, 15); import pbudget.bootstrap as b; sys.exit(b.main())"
CLOSED = "http://127.0.0.1:9/simple"


@pytest.mark.parametrize("name", ["app.py", "pbudget/__init__.py", "pbudget/bootstrap/__init__.py"])
def test_what_an_old_python_reads_first_is_in_its_syntax(name: str) -> None:
    tree = ast.parse((ROOT / name).read_text(encoding="utf-8"), feature_version=(3, 6))
    futures = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == "__future__"]
    assert futures == [], f"{name}: Python 3.6 does not know `from __future__ import annotations`"


def test_the_preamble_comes_before_any_import_of_a_package() -> None:
    first_code = ast.parse((ROOT / "app.py").read_text(encoding="utf-8")).body[1]
    assert isinstance(first_code, ast.If)
    assert "__main__" in ast.unparse(first_code.test)


def test_an_old_python_is_told_which_one_is_needed(start: Callable) -> None:
    ended = start(python=("-c", OLD))
    assert ended.status == 1
    assert "This is Python 3.6; pbudget needs Python 3.11 or newer" in ended.one_line()


def test_set_up_needs_nothing_but_the_standard_library(start: Callable) -> None:
    ended = start("--help", python=("-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {RUN}"))
    assert ended.status == 0, ended.error
    assert "--set-up-only" in ended.said


RUN = "sys.argv[1:] = sys.argv[2:]; from pbudget.bootstrap import main; sys.exit(main())"


def test_a_taken_port_is_refused_before_anything_is_made(start: Callable, checkout: Places) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = start("--port", str(port))
    assert ended.status == 1
    assert f"Port {port} is taken" in ended.one_line()
    assert f"--port {port + 1}" in ended.one_line()
    assert not checkout.venv.exists()


def test_a_taken_port_does_not_matter_to_a_start_that_does_not_serve(start: Callable, checkout: Places) -> None:
    (checkout.root / ".set-up").write_text("a file where a folder should be")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ended = start("--set-up-only", "--port", str(taken.getsockname()[1]))
    assert "Cannot write in" in ended.one_line()


def test_a_free_port_passes() -> None:
    refuse_taken_port("127.0.0.1", free_port())


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(PortNotUsable, match=r"--host 192\.0\.2\.1 cannot be served on"):
        refuse_taken_port("192.0.2.1", 8000)


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", "²"])
def test_a_port_that_is_none_is_refused(start: Callable, port: str) -> None:
    ended = start(f"--port={port}")
    assert ended.status == 2
    assert f"{port} is not a port: give a number from 1 to 65535" in ended.error


def test_a_folder_that_cannot_be_written_is_named(start: Callable, checkout: Places) -> None:
    checkout.set_up.write_text("a file where a folder should be")
    for arguments in (["--set-up-only"], ["test"]):
        ended = start(*arguments)
        assert ended.status == 1
        assert f"Cannot write in {checkout.set_up}" in ended.one_line()
        assert "run the same command again" in ended.one_line()


def test_a_disk_too_small_for_a_first_set_up_is_refused(checkout: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "NEEDED_SPACE", 10**9)
    with pytest.raises(FolderNotWritable, match="MB are free"):
        refuse_unusable_folder(checkout)


def test_a_setting_that_cannot_be_used_is_told_before_the_long_part(start: Callable, checkout: Places) -> None:
    ended = start("--set-up-only", environ={"DATABASE_URL": "mysql://somewhere"})
    assert ended.status == 1
    assert "DATABASE_URL" in ended.one_line()
    assert not checkout.venv.exists()


def test_an_unreachable_registry_names_the_step_the_mend_and_the_log(start: Callable, checkout: Places) -> None:
    unreachable = {"UV_DEFAULT_INDEX": CLOSED, "UV_NO_CACHE": "1", "UV_NO_CONFIG": "1", "UV_HTTP_RETRIES": "0"}
    pips = {"PIP_INDEX_URL": CLOSED, "PIP_CONFIG_FILE": "/dev/null", "PIP_RETRIES": "0", "PIP_NO_CACHE_DIR": "1"}
    ended = start("--set-up-only", environ={**unreachable, **pips, "PIP_EXTRA_INDEX_URL": "", "PIP_FIND_LINKS": ""})
    assert ended.status == 1
    assert "Python packages: the package registry cannot be reached" in ended.one_line()
    log = Path(ended.one_line().split()[-1])
    assert (checkout.root / log).stat().st_size > 0
    assert not list(checkout.venv.glob(".pbudget-run"))


def test_a_python_without_venv_is_told_what_to_install(start: Callable, checkout: Places) -> None:
    empty = checkout.root / "empty"
    empty.mkdir()
    hidden = (
        "import sys; sys.modules['ensurepip'] = None; sys.path.insert(0, '.'); sys.argv = ['app.py', '--set-up-only']; "
        "from pbudget.bootstrap import main; sys.exit(main())"
    )
    ended = start(python=("-c", hidden), environ={"PATH": str(empty)})
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    assert ended.status == 1
    assert f"apt-get install {version}-venv" in ended.one_line()
