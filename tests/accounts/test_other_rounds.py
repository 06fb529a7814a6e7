"""What belongs to one round is not there under another round's address, for anybody who may use the page.

Every staff route with a round and something of it in its address is asked for, by GET and by POST, for a thing of
another round in the same phase. It answers 404 and changes nothing; under its own round it is there.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import AnyConverter, Rule

from pbudget.db import db, transaction
from pbudget.desk.models import DeskPermit
from pbudget.guard.live import report_round
from pbudget.proposals.actions import save_proposals
from pbudget.proposals.models import Proposal
from pbudget.results.counting import LotNeeded, count_round
from pbudget.roll.generating import start_batch
from pbudget.roll.uploads import keep_upload
from pbudget.rounds.queries import pots_of, set_up_by_slug
from pbudget.rounds.setting_up import add_pots, create_round, save_cluster
from pbudget.tally.rules.rule import Rule as CountingRule
from pbudget.web.access import access_of
from tests.accounts.matrix import csrf_token, routes
from tests.accounts.test_matrix import contents
from tests.results.closed_round import counted_round, voted_round
from tests.roll.building import add_entries
from tests.rounds.building import new_proposals
from tests.support.open_round import OWN, PotPlan, open_round, put_wards
from tests.support.staff import add_staff, sign_in

HERE, THERE = "here", "there"
ROLL_FILE = b"name,address,postcode,ward\nTest resident 1,1 Test Road,SE1 7AB,X99000001\n"
PERMIT = f"{7:032x}"


@dataclass(frozen=True)
class Belonging:
    """A round that there is a pair of (`here-…` and `there-…`), and what belongs to the one there, by name."""

    slug: str
    things: Mapping[str, object]


def being_set_up(officer: str) -> Belonging:
    """Pots, wards looked at together, proposals, letters and a file of the roll that is looked through."""
    with transaction() as session:
        ward, other = put_wards(session)
    for where in (HERE, THERE):
        slug = create_round(f"{where} being set up", "Testtown", officer)
        round_id = set_up_by_slug(slug).id
        add_pots(round_id, {ward: f"Pot {where}", other: f"Other {where}"}, 3_000_000, officer)
        pot, second = pots_of(round_id)
        save_cluster(round_id, "", f"Cluster {where}", [pot.slug, second.slug], officer)
        with transaction() as session:
            save_proposals(session, round_id, new_proposals(pot.id, {f"bench-{where}": 1_200_000}), officer)
        add_entries(round_id, ward)
        batch = start_batch(round_id, ward, actor=officer)
        upload = keep_upload(round_id, io.BytesIO(ROLL_FILE))
    proposal = db.session.scalar(select(Proposal.id).where(Proposal.pot_id == pot.id))
    things = {
        "pot": pot.slug,
        "cluster": f"cluster-{THERE}",
        "proposal_id": proposal,
        "batch_id": batch.id,
        "name": upload,
    }
    return Belonging("being-set-up", things)


def open_now(app: Flask, officer: str) -> Belonging:
    """A resident, and a permit to give them a code."""
    vote = [open_round(app, f"{where}-open") for where in (HERE, THERE)][1]
    with transaction() as session:
        said = {"officer": officer, "identity": ["photo"], "expires_at": vote.closes_at + timedelta(days=30)}
        session.add(DeskPermit(id=PERMIT, round_id=vote.id, roll_entry_id=vote.entries[0], **said))
    return Belonging("open", {"entry_id": vote.entries[0], "permit_id": PERMIT})


def counted(app: Flask) -> Belonging:
    """A contest with its ballots and the guard's report."""
    for where in (HERE, THERE):
        list(report_round(counted_round(app, [["skate"], []], slug=f"{where}-counted", pots=[own(where)]).id))
    return Belonging("counted", {"pot": THERE, "pot_slug": THERE})


def waiting_for_a_lot(app: Flask) -> Belonging:
    """A contest with a tie to be drawn."""
    for where in (HERE, THERE):
        level = replace(own(where), rule=CountingRule(ties="drawn"))
        vote = voted_round(app, [["skate"], ["pocket"], ["swings"], ["swings"]], slug=f"{where}-level", pots=[level])
        with pytest.raises(LotNeeded):
            count_round(vote.id, "system")
    return Belonging("level", {"pot": THERE})


def own(where: str) -> PotPlan:
    return replace(OWN, slug=where)


@dataclass(frozen=True)
class Asked:
    """One way to ask for something by its name: a method of a route, and who may."""

    method: str
    rule: Rule
    staff: FlaskClient

    def path(self, where: str, belonging: Belonging) -> str:
        """The address of what belongs to the round there, under the round here or there."""
        given = {name: belonging.things[name] for name in names_in(self.rule)}
        given |= {name: min(self.rule._converters[name].items) for name in self.rule.arguments - {"slug", *given}}
        with self.staff.application.test_request_context():
            return url_for(self.rule.endpoint, slug=f"{where}-{belonging.slug}", **given)

    def answer(self, where: str, belonging: Belonging) -> int:
        """The status it is answered with."""
        data = {"csrf_token": csrf_token(self.staff)} if self.method == "POST" else None
        with self.staff.application.app_context():
            response = self.staff.open(self.path(where, belonging), method=self.method, data=data)
            response.close()
        return response.status_code

    @property
    def takes_away(self) -> bool:
        """Whether afterwards nothing is there to ask for."""
        return self.rule.rule.endswith(("/remove", "/withdrawn"))


def names_in(rule: Rule) -> set[str]:
    """What an address names besides its round; words of which it has a list of its own are none of a round."""
    return {name for name in rule.arguments - {"slug"} if not isinstance(rule._converters[name], AnyConverter)}


def ways_to_ask(app: Flask, officer: str) -> list[Asked]:
    """Every staff route with a round and something of it, what takes away last."""
    staff = {"officer": app.test_client(), "auditor": app.test_client()}
    sign_in(staff["officer"], staff_id=officer)
    sign_in(staff["auditor"], "auditor")
    found = [
        Asked(method, rule, staff["officer" if "officer" in str(access_of(app, rule.endpoint)) else "auditor"])
        for method, rule in reversed(routes(app))
        if rule.rule.startswith("/staff/rounds/<slug>/") and names_in(rule)
    ]
    return sorted(found, key=lambda each: each.takes_away)


def kept(app: Flask) -> tuple[object, ...]:
    """Everything that may not change: the database, and the names of all files of the instance."""
    folder = app.extensions["settings"].instance
    return contents(), sorted(str(path) for path in folder.rglob("*") if "sqlite" not in path.name)


def test_what_belongs_to_another_round_is_not_found_and_nothing_is_changed(sqlite_app):
    officer = add_staff(sqlite_app)
    made = (being_set_up(officer), open_now(sqlite_app, officer), counted(sqlite_app), waiting_for_a_lot(sqlite_app))
    asked = ways_to_ask(sqlite_app, officer)
    assert len(asked) > 20
    before = kept(sqlite_app)
    for each in asked:
        fitting = [belonging for belonging in made if names_in(each.rule) <= belonging.things.keys()]
        assert fitting, f"Make what {each.rule.rule} names for a round here and for one there"
        for belonging in fitting:
            path = each.path(HERE, belonging)
            assert each.answer(HERE, belonging) == 404, f"{each.method} {path} reaches into another round"
            assert kept(sqlite_app) == before, f"{each.method} {path} changed something"
    for each in asked:
        fitting = [belonging for belonging in made if names_in(each.rule) <= belonging.things.keys()]
        answers = {belonging.slug: each.answer(THERE, belonging) for belonging in fitting}
        assert set(answers.values()) != {404}, f"{each.method} {each.rule.rule} is not there under its own round either"
