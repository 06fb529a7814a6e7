"""The declaration of result: one page to print, read out and sign, before and after it is published."""

import json
from collections.abc import Mapping
from typing import Any

from flask import render_template

from pbudget.kit.money import format_money
from pbudget.ledger.queries import head_of
from pbudget.ledger.rules import fingerprint
from pbudget.results import words
from pbudget.results.queries import CountView, PublicationView
from pbudget.results.rules.facts import ASSURANCE_WORDS, CHECK_WORDS, turnout_of
from pbudget.results.rules.publishing import channel_cells, percent
from pbudget.rounds.queries import RoundView


def declaration_page(round_: RoundView, counted: CountView, published: PublicationView | None, *, staff: bool) -> str:
    """The page; for staff with the way back to theirs."""
    head, facts = head_of(round_.id), counted.facts
    ballots, roll = turnout_of(facts)
    share = percent(ballots, roll) if roll else ""
    sentences = [words.turnout_sentence(ballots, roll, share), *words.replaced_sentences(facts)]
    sentences += words.channel_sentences([(cell.name, cell.count) for cell in channel_cells(facts["channels"])])
    contests = json.loads(counted.outcome)["contests"]
    return render_template(
        "results/declaration.html",
        round=round_,
        counted=counted,
        published=published,
        contests=contests,
        ties={each["id"]: _ties_of(each) for each in contests},
        sentences=[*sentences, ASSURANCE_WORDS[facts["assurance"]], CHECK_WORDS[facts["roll_check"]]],
        fingerprint=fingerprint(head.head) if head else "",
        entries=head.seq if head else 0,
        money=format_money,
        staff=staff,
    )


def _ties_of(contest: Mapping[str, Any]) -> list[str]:
    """Every tie that decided money, and how ties were to be decided, in words."""
    titles = contest["titles"]
    named = [
        {"won": [titles[name] for name in tie["won"]], "lost": [titles[name] for name in tie["lost"]]}
        for tie in contest["ties"]
    ]
    decided_by = contest["rule"]["count_ties"]
    return [words.tie_sentence(**each, decided_by=decided_by) for each in named] + [words.lot_sentence(decided_by)]
