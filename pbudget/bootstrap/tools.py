"""Runs other people's tools (uv, pip, npm, apt-get) with their output in a log, signs of life, and errors in a line."""

import re
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pbudget.bootstrap.places import Places
from pbudget.bootstrap.progress import Progress
from pbudget.bootstrap.stops import ToolFailed

SIGN_OF_LIFE = 5.0  # seconds between two lines while a tool is silent
AGAIN = "then run the same command again: it goes on from here."

ANYWHERE = (
    (
        r"No space left on device|ENOSPC|os error 28|database or disk is full",
        f"the disk is full. Free some space, {AGAIN}",
    ),
    (r"Permission denied|EACCES|Read-only file system|EROFS", f"a folder may not be written. Mend that, {AGAIN}"),
)
WITH_PACKAGES = (
    (
        r"DO NOT MATCH THE HASHES|[Hh]ash mismatch|EINTEGRITY",
        "a downloaded package is not the one in the lock, so nothing of it was installed. Fetch pbudget afresh; "
        "if it happens again, ask whoever runs your package registry.",
    ),
    (
        r"ConnectionError|NewConnectionError|Connection refused|ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNRESET"
        r"|ENETUNREACH|Max retries exceeded|name resolution|Temporary failure resolving|dns error|tcp connect error"
        r"|error sending request|Failed to fetch|client error \(Connect\)|timed out|SSLError|CERTIFICATE|ProxyError"
        r"|from versions: none",
        f"the package registry cannot be reached. Check the network, the proxy and the registry's address, {AGAIN}",
    ),
    (
        r"No matching distribution|no versions? of|not found in the package registry|E404",
        f"the package registry does not have a package of the lock. Check which registry is set, {AGAIN}",
    ),
)
WITH_THE_DATABASE = (
    (
        r"OperationalError\W.*(connect|failed to resolve|does not exist|authentication|timeout)",
        f"the database of DATABASE_URL cannot be reached or does not let us in. Start it or mend the address, {AGAIN}",
    ),
)


@dataclass(frozen=True)
class Workshop:
    """What every step needs to run a tool: where things are, whom to tell, the environment, the lock to hand on."""

    places: Places
    progress: Progress
    environ: Mapping[str, str]
    inherited: Sequence[int] = field(default=())

    def run(
        self,
        step: str,
        *commands: Sequence[str | Path],
        extra: Mapping[str, str] | None = None,
        inside: Path | None = None,
    ) -> None:
        """Run the commands one after the other, output in the step's log. Raises ToolFailed at the first that fails.

        They run where the person stands (a setting may be a relative path) unless `inside` names a folder.

        A child holds the set-up lock too: when this process is killed, the next one waits for what still writes.
        """
        log = self.log_of(step)
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_bytes(b"")
        for command in commands:
            status = self._run_one([str(word) for word in command], log, {**self.environ, **(extra or {})}, inside)
            if status:
                cause = cause_of_failure(Path(command[0]).name, status, log)
                raise ToolFailed(step, cause, Path(self.places.shown(log)))

    def log_of(self, step: str) -> Path:
        """`Python packages` writes to .set-up/logs/python-packages.log."""
        return self.places.logs / f"{step.lower().replace(' ', '-')}.log"

    def _run_one(self, command: list[str], log: Path, environ: Mapping[str, str], inside: Path | None) -> int:
        with log.open("ab") as output:
            process = subprocess.Popen(  # noqa: S603 - our own command lists, no shell
                command,
                cwd=inside,
                env=dict(environ),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=tuple(self.inherited),
            )
        try:
            return self._wait(process, log)
        except BaseException:
            process.terminate()
            process.wait()
            raise

    def _wait(self, process: "subprocess.Popen[bytes]", log: Path) -> int:
        started = time.monotonic()
        while True:
            try:
                return process.wait(timeout=SIGN_OF_LIFE)
            except subprocess.TimeoutExpired:
                self.progress.still_working(time.monotonic() - started, last_line(log))


def cause_of_failure(tool: str, status: int, log: Path) -> str:
    """Why a tool failed and what to do about it, from what it wrote; its own last words if we know no better.

    Our own command line ends with a sentence of ours, `pbudget: …`: that one is passed on as it is.
    """
    written = tail(log)
    ours = re.search(r"^pbudget: (.+)\s*\Z", written, re.MULTILINE)
    if ours:
        return ours[1]
    for pattern, cause in (WITH_THE_DATABASE if tool == "pbudget" else WITH_PACKAGES) + ANYWHERE:
        if re.search(pattern, written):
            return cause
    return f"{tool} ended with status {status} ({last_line(log) or 'it said nothing'})."


def tail(log: Path, size: int = 20_000) -> str:
    """The last part of a log, as text."""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - size))
        return file.read().decode("utf-8", "replace")


def last_line(log: Path) -> str:
    """The last line of a log that says something, cut to 100 characters."""
    lines = [line.strip() for line in re.split(r"[\r\n]", tail(log, 2_000)) if line.strip()]
    return lines[-1][:100] if lines else ""


def works(*command: str | Path, environ: Mapping[str, str] | None = None) -> bool:
    """Whether a tool is there and runs: a name on PATH may be a stub (a pyenv shim, Ubuntu's chromium-browser)."""
    return answer(*command, environ=environ) is not None


def answer(*command: str | Path, environ: Mapping[str, str] | None = None) -> str | None:
    """What a command prints, stripped; None when it is not there, fails, or says nothing for a minute."""
    try:
        done = subprocess.run(  # noqa: S603 - our own command lists, no shell
            [str(word) for word in command],
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
