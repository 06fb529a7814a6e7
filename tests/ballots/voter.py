"""A voter in front of a browser without scripts: every page on the way is held to the house rules."""

from flask import Flask

from tests.support.open_round import OpenRound
from tests.support.pages import Page, PageClient


class Voter(PageClient):
    """One browser in one round."""

    def __init__(self, app: Flask, vote: OpenRound) -> None:
        super().__init__(app)
        self.vote = vote
        self.csrf: str | None = None

    def at(self, where: str = "", status: int = 200) -> Page:
        """Open a page of the ballot."""
        return self.get(f"{self.vote.path}{where}", status)

    def begin(self, code: str | None = None) -> "Voter":
        """Enter a code (the first letter's) and say that the ward is one's own."""
        self.post(f"{self.vote.path}/begin", {"code": code or self.vote.codes[0]}, 303)
        self.post(f"{self.vote.path}/your-ward", {"own": "yes"}, 303)
        return self

    def press(self, pot: str = "riverside", status: int = 303, **fields: str) -> Page:
        """Press a button on the page of a contest: `press(add="skate")`."""
        return self.post(f"{self.vote.path}/projects/{pot}", fields, status)

    def fill(self, pot: str = "riverside", *choose: str) -> "Voter":
        """Add these proposals, one after the other."""
        for reference in choose:
            self.press(pot, add=reference)
        return self

    def cast(self, status: int = 303, **fields: str) -> Page:
        """Press "Cast my vote" on "Check your vote"."""
        token = self.at("/check").one("input[name=token]")["value"]
        return self.post(f"{self.vote.path}/check", {"token": token, **fields}, status, page=f"{self.vote.path}/check")

    def tracker(self) -> str:
        """The reference on "Your vote is recorded"."""
        return self.at("/recorded").one(".tracker").get_text()
