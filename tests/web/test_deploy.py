"""The example files in docs/deploy: each is read by the program it is for, and does what it says."""

import os
import re
import shutil
import signal
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from pbudget.bootstrap.checks import environment_of_tests
from pbudget.config import ROOT
from tests.jobs.building import wait_until
from tests.outbox.post_office import certificate
from tests.support.ports import free_port
from tests.web.test_server import serving

DEPLOY = ROOT / "docs" / "deploy"


def installed(program: str) -> str:
    """Where a program is, or the test is skipped with how to get it."""
    found = shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin")
    return found or pytest.skip(f"no {program} on this machine: apt-get install {program} to run this test")


@pytest.fixture
def proxied(sqlite_app, tmp_path: Path) -> Iterator[tuple[str, Path, ssl.SSLContext]]:
    """nginx with the example file, in front of the bundled server: its address, its log, and whom to trust."""
    nginx, pem, port = installed("nginx"), certificate(tmp_path), free_port()
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    text = re.sub(r"listen \[::\].*\n", "", text).replace("listen 80;", f"listen 127.0.0.1:{free_port()};")
    text = text.replace("listen 443", f"listen 127.0.0.1:{port}").replace(
        "127.0.0.1:8000", f"127.0.0.1:{serving(sqlite_app)[1]}"
    )
    text = re.sub(r"/etc/pbudget/certificate(-key)?\.pem", str(pem), text).replace("/var/log/nginx", str(tmp_path))
    temporary = "".join(
        f"{kind}_temp_path {tmp_path}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = f"daemon off; master_process off; pid {tmp_path}/pid; error_log {tmp_path}/start.log;"
    (tmp_path / "nginx.conf").write_text(f"{whole} events {{}} http {{ {temporary} {text} }}", encoding="utf-8")
    command = [nginx, "-e", str(tmp_path / "start.log"), "-c", str(tmp_path / "nginx.conf")]
    assert subprocess.run([*command, "-t"], capture_output=True).returncode == 0, (tmp_path / "start.log").read_text()
    process = subprocess.Popen(command)
    trusted = ssl.create_default_context(cafile=str(pem))
    address = f"https://127.0.0.1:{port}"
    wait_until(lambda: status_of(f"{address}/health", trusted) == 200)
    yield address, tmp_path / "pbudget.log", trusted
    process.send_signal(signal.SIGTERM)
    process.wait(90)


def status_of(address: str, trusted: ssl.SSLContext | None = None, data: bytes | None = None) -> int:
    """The status an address answers with; 0 when nobody answers."""
    try:
        with urllib.request.urlopen(address, data=data, context=trusted, timeout=60) as response:
            return response.status
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
    except urllib.error.URLError:
        return 0


def test_nginx_logs_neither_path_nor_query_nor_client(proxied):
    address, log, trusted = proxied
    assert status_of(f"{address}/rounds/canary/vote?code=CANARY", trusted) == 404
    wait_until(lambda: " 404 " in log.read_text())
    written = "".join(file.read_text() for file in log.parent.glob("*.log"))
    assert not re.search(r"canary|127\.0\.0\.1|rounds|code=", written, re.IGNORECASE)


def test_nginx_refuses_a_body_that_is_too_large(proxied):
    address, _, trusted = proxied
    assert status_of(f"{address}/", trusted, data=b"a" * 70_000) == 413


def test_caddy_reads_its_example():
    command = [installed("caddy"), "validate", "--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("unit", sorted(DEPLOY.glob("*.service")), ids=lambda path: path.name)
def test_systemd_reads_each_unit(tmp_path, unit):
    text = unit.read_text(encoding="utf-8")
    program = re.search(r"^ExecStart=(\S+)", text, re.MULTILINE)[1]
    (tmp_path / unit.name).write_text(text.replace(program, "/bin/true"), encoding="utf-8")
    command = [installed("systemd-analyze"), "verify", str(tmp_path / unit.name)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    assert program in ("/opt/pbudget/.venv/bin/gunicorn", "/opt/pbudget/.venv/bin/pbudget")


@pytest.mark.skipif(sys.platform != "linux", reason="gunicorn's lock is for Linux, and memory is read from /proc")
def test_gunicorn_serves_with_two_workers_in_160_megabytes(sqlite_app, tmp_path):
    port = free_port()
    config = ["--config", str(DEPLOY / "gunicorn.conf.py"), "--bind", f"127.0.0.1:{port}"]
    command = [sys.executable, "-m", "gunicorn", *config, "app:create_app()"]
    environ = {**environment_of_tests(os.environ), "PBUDGET_INSTANCE": str(tmp_path)}
    process = subprocess.Popen(command, cwd=ROOT, env=environ, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: status_of(f"http://127.0.0.1:{port}/ready") == 200)
        assert {status_of(f"http://127.0.0.1:{port}/") for _ in range(20)} == {200}
        workers = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        assert len(workers) == 2
        assert sum(proportional_memory(pid) for pid in [str(process.pid), *workers]) <= 160
    finally:
        process.terminate()
        assert process.wait(90) == 0


def proportional_memory(pid: str) -> float:
    """A process's memory in MB, what it shares divided by those who share it (PSS)."""
    (line,) = [each for each in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines() if each.startswith("Pss:")]
    return int(line.split()[1]) / 1024
