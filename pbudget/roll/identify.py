"""From what a resident typed to their place on the roll, or to the sentence that says why not."""

from datetime import datetime, timedelta

from flask import current_app

from pbudget.config import Settings
from pbudget.kit.clock import Clock, SystemClock
from pbudget.kit.errors import BadInput
from pbudget.kit.networks import network_of
from pbudget.roll import hashing
from pbudget.roll.hashing import NOBODY, ScryptCost, Verifier
from pbudget.roll.limits import MachineBusy, TryLimits
from pbudget.roll.queries import RollEntryView, StoredCode, stored_code
from pbudget.roll.rules.codes import Code, parse_code
from pbudget.roll.rules.limits import say_wait

BUSY_FOR = timedelta(seconds=30)
WHY_VOID = {
    "reissued": "This code has been replaced. Use the code on your newer letter",
    "spoiled": "This code has been replaced. Use the code on your newer letter",
    "returned": "This letter came back to us undelivered, so its code was stopped. Ask us for a new one",
    "test": "This is a test letter and its code cannot be used to vote",
    "removed": "This code was stopped. Contact us if you think you should be able to vote",
}


class VotingCodeNotRecognised(BadInput):
    """Unknown reference or wrong secret, never saying which. The resident checks the letter or asks for help."""


class VotingCodeReplaced(BadInput):
    """The code was right once and is void now; the message says why and what to use instead."""


class TooManyTries(BadInput):
    """Too many wrong codes, or a very busy machine; the message and `until` (UTC) say when to try again."""

    def __init__(self, message: str, until: datetime) -> None:
        super().__init__(message)
        self.until = until


def identify(round_id: int, typed: str, client_network: str | None) -> RollEntryView:
    """The roll entry behind a code. Takes the same time for an unknown reference as for a wrong secret.

    `client_network`: the client's address or network. Raises CodeNotUsable (nothing was looked up),
    VotingCodeNotRecognised, VotingCodeReplaced or TooManyTries. Writes nothing to the database.
    """
    code = parse_code(typed)
    network = network_of(client_network)
    limits = try_limits()
    _refuse_too_many(limits, network, code)
    stored = stored_code(round_id, code.selector)
    if not _checked(limits, network, code, stored) or stored is None:
        raise VotingCodeNotRecognised("We do not recognise this code. Check it against your letter and enter it again")
    if stored.why_void:
        raise VotingCodeReplaced(WHY_VOID[stored.why_void])
    return stored.entry


def try_limits() -> TryLimits:
    """The limits of this installation, shared with every other process on the machine."""
    if "roll_limits" not in current_app.extensions:
        settings: Settings = current_app.extensions["settings"]
        current_app.extensions["roll_limits"] = TryLimits(settings.instance / "limits", clock(), scrypt_cost())
    limits: TryLimits = current_app.extensions["roll_limits"]
    return limits


def scrypt_cost() -> ScryptCost:
    """What a hash costs here: full price unless a test made it cheaper."""
    cost: ScryptCost = current_app.extensions.get("scrypt_cost", ScryptCost())
    return cost


def clock() -> Clock:
    """The application's clock."""
    found: Clock = current_app.extensions.get("clock") or SystemClock()
    return found


def _refuse_too_many(limits: TryLimits, network: str, code: Code) -> None:
    until = limits.wait_until(network, code.selector)
    if until:
        wait = say_wait(until, clock().now())
        raise TooManyTries(
            f"Too many wrong codes have come from your connection. Try again {wait}. Your code has not been stopped",
            until,
        )


def _checked(limits: TryLimits, network: str, code: Code, stored: StoredCode | None) -> bool:
    """Hash what was typed against what is stored, or against nobody's; a disagreement counts as a wrong code."""
    verifier = Verifier(stored.salt, stored.verifier) if stored else NOBODY
    try:
        with limits.place_to_hash():
            _refuse_too_many(limits, network, code)  # others of this network may have failed while we waited
            agrees = hashing.agrees(code.secret, verifier, scrypt_cost())
            if not agrees:
                limits.note_failure(network, code.selector)
    except MachineBusy as busy:
        raise TooManyTries(
            "The service is very busy. Wait a minute, then enter your code again", clock().now() + BUSY_FOR
        ) from busy
    return agrees
