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
from pbudget.balance.clusters import Cluster, cluster_of
from pbudget.balance.clusters import published_in as clusters_in
from pbudget.balance.published import published_in
from pbudget.balance.quorum import published_in as quorum_in
from pbudget.balance.thresholds import Thresholds
from pbudget.db import transaction
from pbudget.equality.actions import take_no_more_answers
from pbudget.equality.queries import open_answers, plan_of
from pbudget.equality.rules.consultations import of_round
from pbudget.equality.rules.questions import Question, groups_answered
from pbudget.guard.clusters import Member, look_together, places_of, replicates_for
from pbudget.guard.document import Document
from pbudget.guard.intake import as_inputs, bursts_in, counters_of
from pbudget.guard.past_votes import OF_PROGRAM, Look, Looked, equal_shares
from pbudget.guard.pooling import Pooled, WardVotes, beside_the_round, pool, programme_lines
from pbudget.guard.queries import has_report, tables_seen
from pbudget.guard.reporting import YOUNGEST, judged_beside, keep_report, left_out_beside, residents_of
from pbudget.guard.residents import Residents
from pbudget.guard.rules.assessment import assess
from pbudget.guard.rules.bursts import Burst
from pbudget.guard.rules.contest import Answers, Contest, answers_of
from pbudget.guard.rules.intake import says_watch, sentences_on
from pbudget.guard.rules.retally import contest_of_election, retally_for
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
from pbudget.tally.rules.rule import Rule
from pbudget.wards.queries import ward_ids

IN_MANIFEST = "the manifest, published before voting opened"
QUORUM_TOGETHER = "The quorum is of these wards together."
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


@dataclass(frozen=True)
class Scope:
    """What one report is on: a contest, or the contests of wards that are looked at together."""

    pots: tuple[PotView, ...]
    cluster: Cluster | None = None

    @property
    def for_all(self) -> bool:
        """Whether every ward votes on it."""
        return self.pots[0].ward_id is None


def report_round(round_id: int) -> Iterator[tuple[int, int]]:
    """Make the report of every contest that has none, each kept when it is done; yields (done, all) as it goes on.

    Killed in the middle, it goes on with the next contest. Raises NotCountedYet.
    """
    with transaction() as session:
        take_no_more_answers(session, of_round(round_id))
    counted = counted_round(round_id)
    scopes = scopes_of(counted)
    wards = [votes for scope in scopes if not scope.for_all and (votes := votes_in(counted, *scope.pots))]
    pooled, done = pool(wards, counted.thresholds, tables_seen(round_id)), 0
    for scope in scopes:
        if not all(has_report(pot.id) for pot in scope.pots):
            _report(counted, scope, pooled)
        done += len(scope.pots)
        yield done, len(counted.pots)


def scopes_of(counted: CountedRound) -> list[Scope]:
    """What there is a report on: every cluster, and every contest that is in none."""
    clusters, found = clusters_in(counted.manifest), []
    for pot in counted.pots:
        cluster = cluster_of(clusters, pot.slug)
        if cluster is None:
            found.append(Scope((pot,)))
        elif pot.slug == cluster.pots[0]:
            found.append(Scope(tuple(each for each in counted.pots if each.slug in cluster.pots), cluster))
    return found


def _report(counted: CountedRound, scope: Scope, pooled: Sequence[Pooled]) -> None:
    """Make one report; that on a cluster is kept with each of its contests, in one transaction."""
    residents = residents_in(counted, *scope.pots)
    plain = look_at(counted, scope, residents)
    judged = look_at(counted, scope, beside_the_round(residents, pooled)) if residents else plain
    document = judged_beside(plain, judged, left_out_beside(pooled, plain) if scope.for_all else {})
    document = with_quorum(with_bursts(document, counted.bursts), counted.manifest, scope)
    with transaction() as session:
        for pot in scope.pots:
            keep_report(session, pot.id, judged, document, programme_lines(pooled))


def with_quorum(document: Document, manifest: Mapping[str, Any], scope: Scope) -> Document:
    """The report with a sentence on the quorum, where the manifest has one."""
    found = quorum_in(manifest)
    if not found:
        return document
    said = found.of(scope.pots[0].slug).sentence(document.ballots)
    return replace(document, quorum=f"{said} {QUORUM_TOGETHER}" if scope.cluster else said)


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


def residents_in(counted: CountedRound, *pots: PotView) -> Residents | None:
    """Whom contests are held against: residents of their wards, or of all wards, of the ages that may vote."""
    return residents_of([ward for pot in pots for ward in _wards(counted, pot)], *_ages(counted.manifest))


def votes_in(counted: CountedRound, *pots: PotView) -> WardVotes | None:
    """The counted ballots of a ward, or of several together, by group, beside their residents; None without figures."""
    residents = residents_in(counted, *pots)
    if residents is None:
        return None
    said = [groups for _, groups in ballots_in(counted, *pots)]
    counts = {
        name: Counter(group for each in said if (group := each.get(name)) and group in shares)
        for name, shares in residents.shares.items()
    }
    return WardVotes(residents, counts, len(said))


def ballots_in(counted: CountedRound, *pots: PotView) -> list[tuple[Mapping[str, Any], Mapping[str, str | None]]]:
    """The ballots on which one of these contests is, in the order of all."""
    slugs = {pot.slug for pot in pots}
    return [each for each in counted.ballots if slugs & each[0].keys()]


def look_at(counted: CountedRound, scope: Scope, residents: Residents | None) -> Look:
    """The guard's look at a contest or a cluster."""
    if scope.cluster is None:
        return look_at_contest(counted, scope.pots[0], residents)
    ballots = ballots_in(counted, *scope.pots)
    answers = _asked(counted.questions, [said for _, said in ballots], residents)
    places = places_of([pot.slug for pot in scope.pots], [list(contests) for contests, _ in ballots])
    members = [
        Member(pot.slug, pot.name, *_counting(counted, pot), counted.winners[pot.slug], where)
        for pot, where in zip(scope.pots, places, strict=True)
    ]
    cautions = _cautions(counted, residents, answers)
    origin = {"limits_from": _limits_from(counted), "intake": counted.intake}
    return look_together(scope.cluster, members, answers, residents, counted.thresholds, cautions, **origin)


def look_at_contest(counted: CountedRound, pot: PotView, residents: Residents | None) -> Looked:
    """The guard's look at one contest, by the round's own rule and beside the stored outcome."""
    election, rule, contest = _counting(counted, pot)
    answers = _asked(counted.questions, [said for _, said in ballots_in(counted, pot)], residents)
    contest = replace(contest, answers=answers)
    where = {project.id: n for n, project in enumerate(election.projects)}
    cast = [where[winner] for winner in counted.winners[pot.slug]]
    again = retally_for(election, rule, contest)
    found = assess(contest, again, counted.thresholds, cast, replicates_for([rule]))
    cautions = tuple(_cautions(counted, residents, answers))
    origin = {"limits_from": _limits_from(counted), "intake": counted.intake}
    return Looked(residents, found, equal_shares(election), cautions, election, rule, **origin)


def _counting(counted: CountedRound, pot: PotView) -> tuple[Election, Rule, Contest]:
    """A contest as it was counted, its rule, and its ballots in their order, without answers."""
    stated = next(each for each in counted.manifest["pots"] if each["id"] == pot.slug)
    on_ballot = pot_on_ballot(stated, counted.manifest["currency"], counted.withdrawn)
    choices = [contests for contests, _ in ballots_in(counted, pot)]
    election = election_of(on_ballot, choices, meta_of(stated, counted.manifest))
    place = {(each.choices, each.points): n for n, each in enumerate(election.classes)}
    contest = contest_of_election(election, [place[said] for said in ballots_on(on_ballot, choices)])
    return election, rule_from_json(stated["rule"]), contest


def _limits_from(counted: CountedRound) -> str:
    return IN_MANIFEST if counted.limits else OF_PROGRAM


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


def _cautions(counted: CountedRound, residents: Residents | None, answers: Sequence[Answers]) -> list[str]:
    """What a reader must know before believing the report."""
    cautions = []
    if residents is None:
        cautions.append("No figures of residents are loaded, so nobody can say who is missing.")
    elif not answers:
        cautions.append("Voters were asked nothing about themselves, so they cannot be compared with residents.")
    elif residents.made_up:
        cautions.append("These population figures are made up for a demonstration.")
    return cautions if counted.limits else [*cautions, LIMITS_NOT_PUBLISHED]
