"""kill -9 of the shipped server at random moments while people vote."""

import random
import time
from dataclasses import dataclass

from tests.faults.ground import Ground
from tests.faults.oracle import Findings, examine
from tests.faults.shipped import KINDS, ShippedServer
from tests.faults.voters import Crowd, Notes
from tests.support.ports import free_port


@dataclass(frozen=True)
class Lives:
    """How many kills, how long the server lives before each, in seconds, and how many votes it records before that.

    With `most_votes`, three lives of four last until a drawn number of votes was acknowledged, and a moment longer.
    """

    kills: int
    shortest: float = 0.2
    longest: float = 1.2
    most_votes: int = 0


LONGEST_LIFE = 60.0
"""Seconds after which a life ends, however slow the machine is."""


def kill_again_and_again(ground: Ground, lives: Lives, seed: int = 1, voters: int = 6) -> Findings:
    """Kill the server as a whole, or one worker of gunicorn; the next starts on the same port; at the end all finish.

    Half of the kills of gunicorn are of one worker, which its first process replaces: the port stays open.
    """
    draw, notes, port = random.Random(seed), Notes(ground.instance / "voters.jsonl"), free_port()
    said = ground.instance / "server.log"
    server = ShippedServer(KINDS[0], ground.environ, port, said).__enter__()
    try:
        with Crowd(ground, port, notes, voters) as crowd:
            for kill in range(1, lives.kills + 1):
                live(lives, notes, draw)
                if crowd.problems:
                    break
                if server.kind == "gunicorn" and draw.random() < 0.5:
                    server.kill_one_worker(draw.random())
                    continue
                server.kill()
                server = ShippedServer(KINDS[kill % len(KINDS)], ground.environ, port, said).__enter__()
    finally:
        server.kill()
    found = examine(ground, notes)
    found.problems += crowd.problems
    return found


def live(lives: Lives, notes: Notes, draw: random.Random) -> None:
    """Let the server live for a while."""
    votes = notes.recorded + (draw.randint(1, lives.most_votes) if lives.most_votes and draw.random() < 0.75 else 0)
    give_up = time.monotonic() + LONGEST_LIFE
    while notes.recorded < votes and time.monotonic() < give_up and not notes.stop.is_set():
        time.sleep(0.01)
    time.sleep(draw.uniform(lives.shortest, lives.longest))
