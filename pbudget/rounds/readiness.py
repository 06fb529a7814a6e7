"""How far a round is and what its manifest will say: read from this room and the rooms below it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from flask import current_app
from sqlalchemy import select

from pbudget import __version__
from pbudget.balance.quorum import RESIDENTS, ROLL, People, RoundQuorum
from pbudget.config import Settings
from pbudget.db import db
from pbudget.kit.errors import BadInput
from pbudget.kit.fingerprints import program_sha256
from pbudget.proposals.queries import ProposalView, proposals_of
from pbudget.roll.queries import WardCounts, codes_fingerprint, counts_and_codes_of_wards
from pbudget.rounds.models import EscrowReceipt
from pbudget.rounds.queries import PotView, SetUp, clusters_of, pots_of
from pbudget.rounds.rules.manifest import FrozenPot, FrozenProposal, FrozenRound, contest_digest
from pbudget.rounds.rules.tasks import PotFacts, Preparation
from pbudget.wards.queries import residents_by_ages


class NotReadyToOpen(BadInput):
    """Something is missing before the round can open; the message is the first thing that is."""


class Parts(NamedTuple):
    """What a round is made of beside its own row, each read once: pots, then by id proposals, roll and ward codes."""

    pots: list[PotView]
    proposals: dict[int, list[ProposalView]]
    wards: dict[int, WardCounts]
    codes: dict[int, str]


def parts_of(round_id: int) -> Parts:
    """Read them, in three statements."""
    counts, codes = counts_and_codes_of_wards(round_id)
    return Parts(pots_of(round_id), proposals_of(round_id), counts, codes)


def preparation_of(round_: SetUp, parts: Parts, now: datetime) -> Preparation:
    """Everything the task list looks at."""
    pots, proposals, wards, _ = parts
    return Preparation(
        now=now,
        name=round_.name,
        place=round_.place,
        saved=frozenset(round_.saved_tasks),
        opens_at=round_.opens_at,
        closes_at=round_.closes_at,
        pots=[_facts(pot, proposals.get(pot.id, [])) for pot in pots],
        unawarded=round_.unawarded,
        assurance=round_.assurance,
        by_email=round_.assurance == "open" and round_.contact_point == "email",
        can_send_mail=_can_send_mail(round_),
        reminder_days=round_.reminder_days,
        extension_days=round_.extension_days,
        channels=round_.channels,
        roll={ward_id: counts.entries for ward_id, counts in wards.items()},
        codes=sum(counts.live for counts in wards.values()),
        witnesses=len(round_.witnesses),
        annul_rule=round_.annul_rule,
        publish_reason=round_.publish_reason,
        documents=round_.documents,
        test=test_state(round_, pots, proposals),
        keys_made=bool(round_.key_ids),
        escrow=round_.escrow,
    )


def _can_send_mail(round_: SetUp) -> bool:
    """Whether e-mail to residents leaves this machine; a demonstration shows it as files."""
    settings: Settings = current_app.extensions["settings"]
    return settings.mail_server is not None or round_.is_demo


def _facts(pot: PotView, proposals: Sequence[ProposalView]) -> PotFacts:
    return PotFacts(
        name=pot.name,
        ward_id=pot.ward_id,
        amount=pot.amount,
        ballot_type=pot.ballot_type,
        most_points=pot.most_points,
        rule=pot.rule,
        proposals=len(proposals),
        affordable=sum(each.cost <= pot.amount for each in proposals),
        cluster=pot.cluster,
    )


def test_state(round_: SetUp, pots: Sequence[PotView], proposals: Mapping[int, list[ProposalView]]) -> str:
    """How the last logic-and-accuracy test stands: passed, failed, stale, or empty when there was none."""
    if not round_.l_and_a:
        return ""
    if not round_.l_and_a.get("passed"):
        return "failed"
    now = contest_digest(frozen_pots(pots, proposals, {}))
    return "passed" if round_.l_and_a.get("contests") == now else "stale"


def escrow_holders(round_id: int) -> dict[str, datetime]:
    """Which officers (by id) have downloaded a copy, and when (UTC)."""
    chosen = select(EscrowReceipt.staff_id, EscrowReceipt.downloaded_at).where(EscrowReceipt.round_id == round_id)
    return {row.staff_id: row.downloaded_at for row in db.session.execute(chosen)}


def frozen_pots(
    pots: Sequence[PotView], proposals: Mapping[int, list[ProposalView]], codes_of_wards: Mapping[int, str]
) -> tuple[FrozenPot, ...]:
    """The pots as the manifest has them."""
    return tuple(_frozen_pot(pot, proposals.get(pot.id, []), codes_of_wards.get(pot.ward_id or 0)) for pot in pots)


def _frozen_pot(pot: PotView, proposals: Sequence[ProposalView], ward: str | None) -> FrozenPot:
    return FrozenPot(
        slug=pot.slug,
        name=pot.name,
        ward=ward,
        amount=pot.amount,
        units=pot.units,
        ballot_type=pot.ballot_type,
        most_choices=pot.most_choices,
        most_points=pot.most_points,
        rule=pot.rule,
        proposals=tuple(FrozenProposal(each.reference, each.title, each.cost) for each in proposals),
    )


def frozen(round_: SetUp, parts: Parts) -> FrozenRound:
    """Everything the manifest will say. Raises NotReadyToOpen where dates or keys are missing."""
    if not round_.opens_at or not round_.closes_at or not round_.key_ids:
        raise NotReadyToOpen("The round has no dates or no keys yet. Finish the tasks first.")
    wards = parts.codes
    return FrozenRound(
        slug=round_.slug,
        name=round_.name,
        place=round_.place,
        currency=round_.currency,
        opens_at=round_.opens_at,
        closes_at=round_.closes_at,
        pots=frozen_pots(parts.pots, parts.proposals, wards),
        assurance=round_.assurance,
        contact_point=round_.contact_point,
        codes_per_address=round_.codes_per_address,
        youngest_age=round_.youngest_age,
        questions=tuple(each.as_json() for each in round_.questions),
        oldest_age=round_.oldest_age,
        reminder_days=round_.reminder_days,
        extension_days=round_.extension_days,
        channels=round_.channels,
        roll={wards[ward_id]: counts.entries for ward_id, counts in parts.wards.items() if counts.entries},
        publish=round_.publish,
        publish_reason=round_.publish_reason,
        challenge_days=round_.challenge_days,
        annul_rule=round_.annul_rule,
        unawarded=round_.unawarded,
        witnesses=tuple(each["role"] for each in round_.witnesses),
        documents=round_.documents,
        keys=round_.key_ids,
        tested=str(round_.l_and_a.get("contests", "")),
        software=__version__,
        codes_fp=codes_fingerprint(round_.id)[0] if round_.assurance == "code" else "",
        software_sha256=program_sha256(),
        quorum=RoundQuorum(round_.quorum, people_of_contests(round_, parts)),
        clusters=clusters_of(parts.pots, wards),
    )


def people_of_contests(round_: SetUp, parts: Parts) -> dict[str, People]:
    """Whom the quorum's share is of, by the slug of the pot: residents of the round's ages, else places on the roll.

    A contest of a cluster has those of all its wards.
    """
    wards = {pot.ward_id for pot in parts.pots if pot.ward_id is not None}
    roll = {ward_id: counts.entries for ward_id, counts in parts.wards.items() if counts.entries}
    everywhere = sorted(roll or wards)
    residents = residents_by_ages(sorted({*wards, *everywhere}), round_.youngest_age, round_.oldest_age)
    return {pot.slug: _people(_wards_of(pot, parts.pots) or everywhere, residents, roll) for pot in parts.pots}


def _wards_of(pot: PotView, pots: Sequence[PotView]) -> list[int]:
    """The ward of a contest, with those it is looked at together with; none for a contest of the whole area."""
    joined = [each for each in pots if each == pot or (pot.cluster and each.cluster == pot.cluster)]
    return [each.ward_id for each in joined if each.ward_id is not None]


def _people(wards: Sequence[int], residents: Mapping[int, int], roll: Mapping[int, int]) -> People:
    for of, known in ((RESIDENTS, residents), (ROLL, roll)):
        if wards and all(ward_id in known for ward_id in wards):
            return People(of, sum(known[ward_id] for ward_id in wards))
    return People()
