"""Failed sign-ins are slowed down; nobody is ever locked out by what others do."""

from datetime import UTC, datetime, timedelta

import pytest

from pbudget.accounts.rules import limits as rules
from pbudget.accounts.rules.limits import sign_in_holds
from pbudget.accounts.throttle import SignInLimits
from pbudget.kit.clock import FixedClock

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
HERE, THERE = "192.0.2.0/24", "198.51.100.0/24"


@pytest.fixture
def limits(tmp_path):
    return SignInLimits(tmp_path, FixedClock(NOON))


def fail(limits: SignInLimits, times: int, network: str = HERE, account: str = "a@test.example") -> None:
    for _ in range(times):
        limits.note_failure(network, account)


def test_five_failures_on_one_account_make_this_network_wait_a_quarter_of_an_hour(limits):
    fail(limits, rules.TOGETHER.failures - 1)
    assert limits.wait_until(HERE, "a@test.example") is None
    fail(limits, 1)
    assert limits.wait_until(HERE, "a@test.example") == NOON + timedelta(minutes=15)


def test_the_account_stays_open_from_every_other_network(limits):
    fail(limits, 50)
    assert limits.wait_until(THERE, "a@test.example") is None


def test_other_accounts_stay_open_from_the_same_network(limits):
    fail(limits, 20)
    assert limits.wait_until(HERE, "b@test.example") is None


def test_a_network_that_tries_many_accounts_waits_too(limits):
    for number in range(rules.NETWORK.failures):
        fail(limits, 1, account=f"{number}@test.example")
    assert limits.wait_until(HERE, "new@test.example") is not None
    assert limits.wait_until(THERE, "new@test.example") is None


def test_while_failures_come_from_everywhere_a_network_without_one_may_still_try(limits):
    for number in range(rules.EVERYWHERE.failures):
        fail(limits, 1, network=f"203.0.{number}.0/24")
    assert limits.wait_until(HERE, "a@test.example") is None
    fail(limits, rules.TOGETHER_UNDER_ATTACK.failures)
    assert limits.wait_until(HERE, "a@test.example") is not None


def test_getting_in_forgets_the_mistypes_of_this_network_only(limits):
    fail(limits, 4)
    fail(limits, 5, network=THERE)
    limits.note_success(HERE, "a@test.example")
    fail(limits, 4)
    assert limits.wait_until(HERE, "a@test.example") is None
    assert limits.wait_until(THERE, "a@test.example") is not None


def test_the_wait_ends(tmp_path):
    fail(SignInLimits(tmp_path, FixedClock(NOON)), 10)
    later = SignInLimits(tmp_path, FixedClock(NOON + timedelta(minutes=15, seconds=1)))
    assert later.wait_until(HERE, "a@test.example") is None


def test_two_processes_of_a_machine_count_together(tmp_path):
    one, other = (SignInLimits(tmp_path, FixedClock(NOON)) for _ in range(2))
    fail(one, 3)
    fail(other, 2)
    assert one.wait_until(HERE, "A@test.example ") is not None


def test_the_file_names_neither_network_nor_account_and_forgets_at_midnight(tmp_path):
    fail(SignInLimits(tmp_path, FixedClock(NOON)), 2)
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"a@test.example" not in kept
    assert b"192.0.2" not in kept
    tomorrow = SignInLimits(tmp_path, FixedClock(NOON + timedelta(days=1)))
    assert tomorrow.wait_until(HERE, "a@test.example") is None
    assert (tmp_path / "failed-sign-ins.sqlite").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("stage", "age", "idle", "holds"),
    [
        ("full", timedelta(hours=11, minutes=59), timedelta(minutes=29), True),
        ("full", timedelta(hours=12), timedelta(0), False),
        ("full", timedelta(hours=1), timedelta(minutes=30), False),
        ("password", timedelta(minutes=9), timedelta(minutes=9), True),
        ("password", timedelta(minutes=10), timedelta(0), False),
        ("set-up", timedelta(minutes=29), timedelta(minutes=29), True),
        ("set-up", timedelta(minutes=30), timedelta(0), False),
    ],
)
def test_a_sign_in_ends_when_idle_and_in_any_case(stage, age, idle, holds):
    assert sign_in_holds(stage, NOON - age, NOON - idle, NOON) is holds
