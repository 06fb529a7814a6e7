"""What keeps a result from being published, said by rooms above: app.py lists them, this room asks without knowing."""

from collections.abc import Callable, Sequence

from flask import Flask, current_app

Obstacle = Callable[[int], str]
"""Given a round's id: why its result cannot be published now, in a sentence; empty where it can."""


def init_obstacles(app: Flask, obstacles: Sequence[Obstacle]) -> None:
    """Tell the application what else to ask before a result is published."""
    app.extensions["obstacles_to_publication"] = tuple(obstacles)


def why_not_published(round_id: int) -> str:
    """The first thing that keeps this result from being published; empty where nothing does."""
    obstacles: Sequence[Obstacle] = current_app.extensions["obstacles_to_publication"]
    return next((why for obstacle in obstacles if (why := obstacle(round_id))), "")
