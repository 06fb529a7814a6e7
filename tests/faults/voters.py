"""Voters who keep at it: the whole journey by HTTP, sending again what got no answer, and writing down what they saw.

What a voter saw is written by the client with fsync, so that it is known whatever becomes of the server.
"""

import http.client
import json
import os
import random
import re
import threading
import time
import zlib
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.faults.ground import Ground

NOT_RECORDED = "Your vote has NOT been recorded"
CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
TOKEN = re.compile(r'name="token" value="([0-9a-f]{32})"')
TRACKER = re.compile(r'class="tracker">([0-9A-Z-]{13})<')
IDEAS = {"riverside": ("skate", "pocket", "swings"), "borough": ("trees",)}
LONGEST_WAIT = 300.0
WISH = {"riverside": ["skate"], "borough": ["trees"]}
"""What somebody chooses when it does not matter."""


class NoAnswer(RuntimeError):
    """The server did not come back in five minutes, which even a very busy machine manages."""


class WrongAnswer(RuntimeError):
    """The server answered what it must not; the message is where, with what status, and the heading of the page."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    location: str
    text: str

    @property
    def heading(self) -> str:
        """The page's h1."""
        found = re.search(r"<h1[^>]*>\s*(.*?)\s*</h1>", self.text, re.DOTALL)
        return re.sub(r"\s+", " ", found[1]) if found else ""


@dataclass
class Notes:
    """What the voters saw: one JSON line each in a file, synced before anything else happens."""

    path: Path
    lock: threading.Lock = field(default_factory=threading.Lock)
    refused: int = 0
    retried: int = 0
    recorded: int = 0
    stop: threading.Event = field(default_factory=threading.Event)

    def write(self, what: str, **said: Any) -> None:
        """One line; on the disk when this returns."""
        line = json.dumps({"what": what, **said}).encode() + b"\n"
        with self.lock, self.path.open("ab") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
            self.recorded += what == "recorded"

    def read(self, what: str) -> list[dict[str, Any]]:
        """Every line of this kind."""
        if not self.path.exists():
            return []
        lines = [json.loads(line) for line in self.path.read_bytes().splitlines()]
        return [line for line in lines if line["what"] == what]


class Browser:
    """One browser without scripts. A request without an answer, or with a 503, is sent again as it was."""

    def __init__(self, port: int, notes: Notes) -> None:
        self.port, self.notes = port, notes
        self.cookies: dict[str, str] = {}
        self.page = ""
        self._connection: http.client.HTTPConnection | None = None

    def get(self, path: str) -> Answer:
        """Look at a page, which must be there."""
        return self.expect("GET", path, 200)

    def post(self, path: str, **fields: str) -> Answer:
        """Send a form of the page that was looked at last; it leads on."""
        return self.expect("POST", path, 303, {"csrf_token": found(CSRF, self.page), **fields})

    def expect(self, method: str, path: str, status: int, fields: Mapping[str, str] | None = None) -> Answer:
        """Send until there is an answer. Raises WrongAnswer for another status, NoAnswer after five minutes."""
        give_up = time.monotonic() + LONGEST_WAIT
        while time.monotonic() < give_up:
            answer = self.send(method, path, fields)
            if answer is None or answer.status in (429, 503):
                self.notes.retried += 1
                self.notes.refused += answer is not None
                self._refuse_a_false_comfort(method, path, answer)
                time.sleep(0.05)
                continue
            if answer.status != status:
                raise WrongAnswer(f"{method} {path}: {answer.status} {answer.heading!r}, not {status}")
            self.page = answer.text if method == "GET" else self.page
            return answer
        raise NoAnswer(f"{method} {path}")

    def send(self, method: str, path: str, fields: Mapping[str, str] | None = None) -> Answer | None:
        """Send once; None when the connection broke before the whole answer was here."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = urlencode(fields) if fields is not None else None
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            if self._connection is None:
                self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
            self._connection.request(method, path, body, headers)
            response = self._connection.getresponse()
            text = response.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException):
            self.close()
            return None
        for header in response.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(header).items()}
        return Answer(response.status, response.headers.get("Location", ""), text)

    def close(self) -> None:
        """Leave."""
        if self._connection:
            self._connection.close()
        self._connection = None

    @staticmethod
    def _refuse_a_false_comfort(method: str, path: str, answer: Answer | None) -> None:
        """A vote that was not recorded must be said so in so many words."""
        if answer and method == "POST" and path.endswith("/check") and NOT_RECORDED not in answer.text:
            raise WrongAnswer(f"{path}: {answer.status} without {NOT_RECORDED!r}: {answer.heading!r}")

    @property
    def draft(self) -> str:
        """The id of the ballot in the signed cookie, which anyone may read."""
        text = self.cookies["pbudget"]
        packed = text.lstrip(".").split(".")[0]
        raw = urlsafe_b64decode(packed + "=" * (-len(packed) % 4))
        return str(json.loads(zlib.decompress(raw) if text.startswith(".") else raw)["ballot"])


def found(pattern: re.Pattern[str], text: str) -> str:
    """What a pattern finds on a page."""
    match = pattern.search(text)
    if match is None:
        raise WrongAnswer(f"{pattern.pattern} is not on the page: {text[:300]!r}")
    return match[1]


def fill_in(browser: Browser, ground: Ground, code: str, wish: Mapping[str, list[str]]) -> str:
    """From the start page to "Check your vote", page by page; the token of the ballot."""
    for page in ("", "/begin"):
        browser.get(ground.path + page)
    browser.post(f"{ground.path}/begin", code=code)
    browser.get(f"{ground.path}/your-ward")
    browser.post(f"{ground.path}/your-ward", own="yes")
    browser.get(f"{ground.path}/how-to-vote")
    for pot, chosen in wish.items():
        browser.get(f"{ground.path}/projects/{pot}")
        for idea in chosen:
            browser.post(f"{ground.path}/projects/{pot}", add=idea)
        browser.post(f"{ground.path}/projects/{pot}", **{"continue": "yes"})
    browser.get(f"{ground.path}/check")
    return found(TOKEN, browser.page)


def vote(browser: Browser, ground: Ground, letter: int, wish: Mapping[str, list[str]], *, twice: bool = False) -> str:
    """The whole journey; the tracker. What is about to be sent and what was seen are written down.

    `twice` goes back and presses "Cast my vote" once more, which must lead to the same tracker.
    """
    token = fill_in(browser, ground, ground.codes[letter], wish)
    idem, chosen = browser.draft + token, {pot: sorted(ideas) for pot, ideas in wish.items()}
    browser.notes.write("sent", letter=letter, idem=idem, wish=chosen)
    blank = {} if any(wish.values()) else {"blank": "yes"}
    form = {"csrf_token": found(CSRF, browser.page), "token": token, **blank}
    tracker = cast(browser, ground, form)
    browser.notes.write("recorded", letter=letter, idem=idem, tracker=tracker)
    if twice and cast(browser, ground, form) != tracker:
        raise WrongAnswer(f"the same ballot sent again has another tracker than {tracker}")
    return tracker


def cast(browser: Browser, ground: Ground, form: Mapping[str, str]) -> str:
    """Press "Cast my vote" until there is an answer, and read the tracker."""
    browser.expect("POST", f"{ground.path}/check", 303, form)
    return found(TRACKER, browser.get(f"{ground.path}/recorded").text)


def ready_to_cast(browser: Browser, ground: Ground, letter: int) -> dict[str, str]:
    """On "Check your vote": the form that casts."""
    token = fill_in(browser, ground, ground.codes[letter], WISH)
    browser.notes.write("sent", letter=letter, idem=browser.draft + token, wish=WISH)
    return {"csrf_token": found(CSRF, browser.page), "token": token}


def note_trackers(browsers: list[Browser], ground: Ground, forms: list[dict[str, str]], notes: Notes) -> None:
    """What each voter reads at the end."""
    for letter, browser in enumerate(browsers):
        tracker = found(TRACKER, browser.get(f"{ground.path}/recorded").text)
        notes.write("recorded", letter=letter, idem=browser.draft + forms[letter]["token"], tracker=tracker)


def wish_of(draw: random.Random) -> dict[str, list[str]]:
    """Up to two ideas of the ward and perhaps the one of the borough."""
    own = draw.sample(IDEAS["riverside"], draw.randint(0, 2))
    return {"riverside": own, "borough": list(IDEAS["borough"]) if draw.random() < 0.7 else []}


class Crowd:
    """Several voters at once, each with letters of their own, who vote and replace their votes until told to stop."""

    def __init__(self, ground: Ground, port: int, notes: Notes, voters: int = 6) -> None:
        self.ground, self.port, self.notes = ground, port, notes
        self.problems: list[str] = []
        shares = [range(first, len(ground.codes), voters) for first in range(voters)]
        self._threads = [threading.Thread(target=self._go_on, args=(share,), daemon=True) for share in shares]

    def __enter__(self) -> "Crowd":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Let everybody finish the vote they are at; the server must be up."""
        self.notes.stop.set()
        for thread in self._threads:
            thread.join(2 * LONGEST_WAIT)
            if thread.is_alive():
                self.problems.append("a voter did not come to an end")

    def _go_on(self, letters: range) -> None:
        draw = random.Random(letters.start)
        while not self.notes.stop.is_set():
            browser = Browser(self.port, self.notes)
            try:
                vote(browser, self.ground, draw.choice(letters), wish_of(draw), twice=draw.random() < 0.1)
            except Exception as error:
                self.problems.append(f"{type(error).__name__}: {error}")
                self.notes.stop.set()
                return
            finally:
                browser.close()
