"""Reports on a round that ran here: made by the worker once it is counted, a contest at a time, and never read by it.

The answers of voters are opened here and nowhere else, in memory; what is kept has small counts left out. Ballots
stand in the order of their leaf hashes, which tells nothing about when they were cast.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pbudget.balance.ages import OLDEST
from pbudget.balance.published import published_in
from pbudget.balance.quorum import published_in as quorum_in
from pbudget.balance.thresholds import Thresholds
from pbudget.db import transaction
from pbudget.equality.actions import take_no_more_answers
from pbudget.equality.queries import open_answers, plan_of
from pbudget.equality.rules.consultations import of_round
from pbudget.equality.rules.questions import Question, groups_answered
from pbudget.guard.document import Document
from pbudget.guard.intake import as_inputs, bursts_in, counters_of
from pbudget.guard.past_votes import MES, OF_PROGRAM, Looked
from pbudget.guard.pooling import Pooled, WardVotes, beside_the_round, pool, programme_lines
from pbudget.guard.queries import has_report, tables_seen
from pbudget.guard.reporting import YOUNGEST, judged_beside, keep_report, left_out_beside, residents_of
from pbudget.guard.residents import Residents
from pbudget.guard.rules.assessment import assess
from pbudget.guard.rules.bursts import Burst
from pbudget.guard.rules.contest import Answers, answers_of
from pbudget.guard.rules.intake import says_watch, sentences_on
from pbudget.guard.rules.retally import ADD1_REPLICATES, contest_of_election, retally_for
from pbudget.guard.rules.verdict import BALANCED, WATCH
from pbudget.guard.words import MEANS
from pbudget.keys.actions import load_key
from pbudget.keys.rules import KeyIds
from pbudget.kit.errors import PbudgetError
from pbudget.ledger.queries import ballots_in_leaf_order, head_of
from pbudget.results.counting import meta_of, pot_on_ballot, withdrawn_in
from pbudget.results.queries import count_of
from pbudget.results.rules.counting import ballots_on, election_of
from pbudget.rounds.opening import keys_folder
from pbudget.rounds.queries import PotView, RoundView, pots_of, round_by_id
from pbudget.rounds.rules.counting import rule_from_json
from pbudget.tally.election import Election
from pbudget.tally.rules.count import count
from pbudget.tally.rules.rule import Rule
from pbudget.wards.queries import ward_ids

IN_MANIFEST = "the manifest, published before voting opened"
LIMITS_NOT_PUBLISHED = (
    "When this vote opened, limits were not published yet. This report goes by those of the program that made it."
)


class NotCountedYet(PbudgetError):
    """A report is made once the votes are counted; the officer reads that the count comes first."""


@dataclass(frozen=True)
class CountedRound:
    """Everything a round's reports are made from; `ballots` are (choices by pot, answers by dimension) in one order."""

    manifest: Mapping[str, Any]
    pots: Sequence[PotView]
    winners: Mapping[str, Sequence[str]]
    ballots: Sequence[tuple[Mapping[str, Any], Mapping[str, str | None]]]
    questions: Sequence[Question]
    withdrawn: Mapping[tuple[str, str], str]
    bursts: Mapping[str, Burst]
    """Half hours in which many more votes came than is usual, by way of voting."""
    intake: str
    """The intake counters as text; empty where there are none."""
    limits: Thresholds | None
    """What the manifest says the guard goes by; None where it was written before limits were published."""

    @property
    def thresholds(self) -> Thresholds:
        """What the reports are made by."""
        return self.limits or Thresholds()


def report_round(round_id: int) -> Iterator[tuple[int, int]]:
    """Make the report of every contest that has none, each kept when it is done; yields (done, all) as it goes on.

    Killed in the middle, it goes on with the next contest. Raises NotCountedYet.
    """
    with transaction() as session:
        take_no_more_answers(session, of_round(round_id))
    counted = counted_round(round_id)
    wards = [votes for pot in counted.pots if pot.ward_id is not None and (votes := votes_in(counted, pot))]
    pooled = pool(wards, counted.thresholds, tables_seen(round_id))
    for done, pot in enumerate(counted.pots, start=1):
        if not has_report(pot.id):
            _report(counted, pot, pooled)
        yield done, len(counted.pots)


def _report(counted: CountedRound, pot: PotView, pooled: Sequence[Pooled]) -> None:
    residents = residents_in(counted, pot)
    plain = look_at_contest(counted, pot, residents)
    judged = look_at_contest(counted, pot, beside_the_round(residents, pooled)) if residents else plain
    document = judged_beside(plain, judged, left_out_beside(pooled, plain) if pot.ward_id is None else {})
    document = with_quorum(with_bursts(document, counted.bursts), counted.manifest, pot.slug)
    with transaction() as session:
        keep_report(session, pot.id, judged, document, programme_lines(pooled))


def with_quorum(document: Document, manifest: Mapping[str, Any], slug: str) -> Document:
    """The report with a sentence on the quorum, where the manifest has one."""
    found = quorum_in(manifest)
    return replace(document, quorum=found.of(slug).sentence(document.ballots)) if found else document


def with_bursts(document: Document, bursts: Mapping[str, Burst]) -> Document:
    """The report with a sentence on each burst; one at a kiosk or road show makes "balanced" to "watch"."""
    reasons = (*document.reasons, *sentences_on(bursts))
    if document.verdict == BALANCED and says_watch(bursts):
        return replace(document, verdict=WATCH, headline=WATCH, meaning=MEANS[WATCH], reasons=reasons)
    return replace(document, reasons=reasons)


def counted_round(round_id: int) -> CountedRound:
    """Read a counted round and open its voters' answers; without the guard key nobody's answers are known."""
    round_, result, head = round_by_id(round_id), count_of(round_id), head_of(round_id)
    if round_ is None or result is None or head is None:
        raise NotCountedYet("The votes have not been counted yet. Count them first.")
    manifest, questions = json.loads(head.manifest), plan_of(of_round(round_id)).questions
    cast, counters = ballots_in_leaf_order(round_id), counters_of(round_id)
    answers = _answers(round_, [slot for slot, _ in cast])
    return CountedRound(
        manifest,
        pots_of(round_id),
        {each["id"]: each["funded"] for each in json.loads(result.outcome)["contests"]},
        [(payload["contests"], groups_answered(questions, answers.get(slot, {}))) for slot, payload in cast],
        questions,
        withdrawn_in(round_id),
        bursts_in(round_, counters),
        as_inputs(counters) if counters else "",
        published_in(manifest),
    )


def _answers(round_: RoundView, slots: Sequence[str]) -> dict[str, dict[str, str]]:
    try:
        key = load_key(keys_folder(), round_.slug, "guard", KeyIds(**(round_.key_ids or {})))
    except (PbudgetError, TypeError):
        return {}
    return open_answers(key, of_round(round_.id), slots).by_slot


def residents_in(counted: CountedRound, pot: PotView) -> Residents | None:
    """Whom a contest is held against: residents of its ward, or of all wards, of the ages that may vote."""
    return residents_of(_wards(counted, pot), *_ages(counted.manifest))


def votes_in(counted: CountedRound, pot: PotView) -> WardVotes | None:
    """A ward's counted ballots by group, beside its residents; None without figures."""
    residents = residents_in(counted, pot)
    if residents is None:
        return None
    said = [groups for contests, groups in counted.ballots if pot.slug in contests]
    counts = {
        name: Counter(group for each in said if (group := each.get(name)) and group in shares)
        for name, shares in residents.shares.items()
    }
    return WardVotes(residents, counts, len(said))


def look_at_contest(counted: CountedRound, pot: PotView, residents: Residents | None) -> Looked:
    """The guard's look at one contest, by the round's own rule and beside the stored outcome."""
    stated = next(each for each in counted.manifest["pots"] if each["id"] == pot.slug)
    on_ballot = pot_on_ballot(stated, counted.manifest["currency"], counted.withdrawn)
    rule, mine = rule_from_json(stated["rule"]), [each for each in counted.ballots if pot.slug in each[0]]
    choices = [contests for contests, _ in mine]
    election = election_of(on_ballot, choices, meta_of(stated, counted.manifest))
    answers = _asked(counted.questions, [said for _, said in mine], residents)
    place = {(each.choices, each.points): n for n, each in enumerate(election.classes)}
    contest = contest_of_election(election, [place[said] for said in ballots_on(on_ballot, choices)])
    contest = replace(contest, answers=answers)
    where = {project.id: n for n, project in enumerate(election.projects)}
    found = assess(
        contest,
        retally_for(election, rule, contest),
        counted.thresholds,
        [where[winner] for winner in counted.winners[pot.slug]],
        _replicates(rule),
    )
    cautions = (*_cautions(residents, answers), *([] if counted.limits else [LIMITS_NOT_PUBLISHED]))
    source = IN_MANIFEST if counted.limits else OF_PROGRAM
    return Looked(election, residents, found, _equal_shares(election), cautions, rule, source, counted.intake)


def _wards(counted: CountedRound, pot: PotView) -> list[int]:
    """The ward of a contest; every ward of the roll, or of the round, for one that all of them vote on."""
    if pot.ward_id is not None:
        return [pot.ward_id]
    known = ward_ids()
    on_roll = [known[code] for code in counted.manifest["voters"]["roll"] if code in known]
    return on_roll or [each.ward_id for each in counted.pots if each.ward_id is not None]


def _ages(manifest: Mapping[str, Any]) -> tuple[int, int]:
    ages = manifest["voters"].get("ages", {})
    return ages.get("youngest", YOUNGEST), ages.get("oldest") or OLDEST


def _asked(
    questions: Sequence[Question], said: Sequence[Mapping[str, str | None]], residents: Residents | None
) -> tuple[Answers, ...]:
    shares = residents.shares if residents else {}
    asked = [each.dimension for each in questions if each.dimension in shares]
    return tuple(answers_of(name, [each.get(name) for each in said], shares[name]) for name in asked)


def _replicates(rule: Rule) -> int | None:
    return ADD1_REPLICATES if rule.completion == "add1" else None


def _equal_shares(election: Election) -> tuple[str, ...]:
    return tuple(sorted(count(election, MES).winners)) if election.ballots else ()


def _cautions(residents: Residents | None, answers: Sequence[Answers]) -> Iterator[str]:
    if residents is None:
        yield "No figures of residents are loaded, so nobody can say who is missing."
    elif not answers:
        yield "Voters were asked nothing about themselves, so they cannot be compared with residents."
    elif residents.made_up:
        yield "These population figures are made up for a demonstration."
