"""Somebody who has everything but the keys, and tries to say who cast which ballot.

They are given the database with its hidden columns, the write-ahead log, a backup and the logs, and use what is known
to join a voter to a vote: the order of rows, rows written by one transaction, pages written by one commit, values that
stand in both places or lead from one to the other, and the clock. Each way of guessing gives a number of right guesses.
"""

import re
import struct
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, text

Row = Mapping[str, Any]
HIDDEN = {"sqlite": ("rowid",), "postgresql": ("ctid::text", "xmin::text")}
TOKEN = re.compile(r"[0-9A-Za-z]{6,}")
RARE = 3
"""A value that stands in more rows than this joins nobody to anything."""


@dataclass
class Evidence:
    """What they have: rows of every table with their hidden columns, the log's lines, and the pages of each commit."""

    tables: dict[str, list[Row]]
    lines: list[str] = field(default_factory=list)
    commits: list[list[tuple[bytes, bytes]]] = field(default_factory=list)
    """For each commit the pages it wrote, as they were before and after; empty before for a page nobody knows."""


@dataclass(frozen=True)
class Question:
    """Who cast which: the table of voters, the column that names them, and the ballots."""

    voters: str
    name: str
    speaking: Mapping[str, str]
    """Other tables with a row or more for a voter, and the column that names the voter there."""
    ballots: str
    ballot: str
    kept: Mapping[str, Any] = field(default_factory=dict)
    """What a row of the ballots' table must say to be a ballot."""


def guesses(evidence: Evidence, question: Question, truth: Mapping[str, str]) -> dict[str, float]:
    """How many of the voters each way of guessing joins to their own ballot; `truth` is ballot by voter."""
    ballots = [row for row in evidence.tables[question.ballots] if all(row[k] == v for k, v in question.kept.items())]
    found = dict(by_order(evidence, question, ballots, truth))
    found["rows of one transaction"] = by_transaction(evidence, question, ballots, truth)
    found["values in common"] = by_values(evidence, question, ballots, truth)
    found["pages of one commit"] = by_commit(evidence, truth)
    return found


def read_tables(connection: Connection) -> dict[str, list[Row]]:
    """Every row of every table, with what the engine keeps to itself."""
    engine = connection.dialect.name
    list_tables = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
        "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()",
    }
    hidden = ", ".join(f'{column} AS "hidden {column}"' for column in HIDDEN[engine])
    names = connection.execute(text(list_tables[engine])).scalars().all()
    return {
        name: [dict(row) for row in connection.execute(text(f'SELECT *, {hidden} FROM "{name}"')).mappings()]
        for name in names
    }


def by_order(
    evidence: Evidence, question: Question, ballots: list[Row], truth: Mapping[str, str]
) -> Iterator[tuple[str, float]]:
    """Sort voters by any column and ballots by any column: the first is the first's, the last is the last's."""
    for table, name in {question.voters: question.name, **question.speaking}.items():
        rows = [row for row in evidence.tables[table] if row[name] in truth]
        if len({row[name] for row in rows}) != len(truth) or len(rows) != len(truth):
            continue
        for column in rows[0]:
            voters = [row[name] for row in sorted(rows, key=lambda row: sort_key(row[column]))]
            for other in ballots[0]:
                cast = [row[question.ballot] for row in sorted(ballots, key=lambda row: sort_key(row[other]))]
                for way, line in (("", cast), (" backwards", cast[::-1])):
                    right = sum(truth[voter] == ballot for voter, ballot in zip(voters, line, strict=True))
                    yield f"{table}.{column} beside {other}{way}", right


def sort_key(value: Any) -> tuple[bool, Any]:
    """Numbers as numbers, `(page,row)` as numbers, the rest as text; nothing comes last."""
    if isinstance(value, str) and re.fullmatch(r"\(?\d+(,\d+\))?", value):
        return (False, "".join(f"{int(part):020}" for part in re.findall(r"\d+", value)))
    return (value is None, f"{value:020}" if isinstance(value, int) else str(value))


def by_transaction(evidence: Evidence, question: Question, ballots: list[Row], truth: Mapping[str, str]) -> float:
    """A voter's row and a ballot that one transaction wrote, where the engine says which wrote a row."""
    wrote: dict[Any, set[str]] = defaultdict(set)
    for row in ballots:
        wrote[row.get("hidden xmin::text")].add(row[question.ballot])
    wrote.pop(None, None)
    score = 0.0
    for table, name in {question.voters: question.name, **question.speaking}.items():
        for row in evidence.tables[table]:
            candidates = wrote.get(row.get("hidden xmin::text"), set())
            if truth.get(row[name]) in candidates:
                score += 1 / len(candidates)
    return score


def by_values(evidence: Evidence, question: Question, ballots: list[Row], truth: Mapping[str, str]) -> float:
    """Values in a voter's row and in a ballot, or that lead there over rows of other tables and lines of the log."""
    tokens: dict[str, set[str]] = {}
    for table, rows in evidence.tables.items():
        for number, row in enumerate(rows):
            tokens[f"{table} {number}"] = set(tokens_of(row.values()))
    tokens |= {f"line {number}": set(TOKEN.findall(line)) for number, line in enumerate(evidence.lines)}
    holders: dict[str, set[str]] = defaultdict(set)
    for holder, held in tokens.items():
        for token in held:
            holders[token].add(holder)
    rare = {token: where for token, where in holders.items() if 1 < len(where) <= RARE}
    places = {row[question.ballot]: str(row[question.ballot]) for row in ballots}
    numbers = {
        f"{question.ballots} {number}": places[row[question.ballot]]
        for number, row in enumerate(evidence.tables[question.ballots])
        if row[question.ballot] in places
    }
    score = 0.0
    for number, row in enumerate(evidence.tables[question.voters]):
        reached = reach(f"{question.voters} {number}", tokens, rare, hops=3)
        candidates = {numbers[place] for place in reached if place in numbers}
        if truth.get(row[question.name]) in candidates:
            score += 1 / len(candidates)
    return score


def tokens_of(values: Iterable[Any]) -> Iterator[str]:
    """Every word or number of six characters and more in a row."""
    for value in values:
        yield from TOKEN.findall(value.hex() if isinstance(value, bytes) else str(value))


def reach(start: str, tokens: Mapping[str, set[str]], rare: Mapping[str, set[str]], hops: int) -> set[str]:
    """Every row and line that rare values lead to in so many steps."""
    seen, edge = {start}, {start}
    for _ in range(hops):
        edge = {other for place in edge for token in tokens[place] if token in rare for other in rare[token]} - seen
        seen |= edge
    return seen


def by_commit(evidence: Evidence, truth: Mapping[str, str]) -> float:
    """A voter's row that was changed on a page written together with the page on which a ballot appeared."""
    score = 0.0
    for pages in evidence.commits:
        appeared = {ballot for ballot in truth.values() if touched(ballot, pages)}
        voters = {voter for voter in truth if touched(voter, pages)}
        right = sum(truth[voter] in appeared for voter in voters)
        if right:
            score += right / (len(voters) * len(appeared))
    return score


def touched(name: str, pages: list[tuple[bytes, bytes]], around: int = 12) -> bool:
    """Whether a row with this in it is new, or changed close by, on one of these pages."""
    return any(
        after[max(0, at.start() - around) : at.end() + around] not in before
        for before, after in pages
        for at in re.finditer(re.escape(name.encode()), after)
    )


def commits_of(database: bytes, log: bytes) -> list[list[tuple[bytes, bytes]]]:
    """The pages of each commit in a write-ahead log, before and after, beginning from a database file."""
    size = struct.unpack(">I", log[8:12])[0]
    known = {number + 1: database[number * size : (number + 1) * size] for number in range(len(database) // size)}
    commits: list[list[tuple[bytes, bytes]]] = [[]]
    for at in range(32, len(log) - size - 23, size + 24):
        number, ends = struct.unpack(">II", log[at : at + 8])
        page = log[at + 24 : at + 24 + size]
        commits[-1].append((known.get(number, b""), page))
        known[number] = page
        if ends:
            commits.append([])
    return commits[:-1]
