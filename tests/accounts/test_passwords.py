"""Which passwords are refused, without a list of leaked ones and without asking anybody."""

import socket

import pytest

from pbudget.accounts.rules.passwords import LONGEST, password_problem, what_is_left
from pbudget.accounts.security import hashed, password_fits, usable_password

OWN = ("Ashmere council", "officer-1@ashmere.example")


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "purple kettle drifts north",
        "lantern otter gravel",
        "tSh7#wQpz1!mKd9vLr",
        "пароль из нескольких слов",
        "dwy iaith un freuddwyd fawr",
        "u" * 3 + "gravel lantern moss",
    ],
)
def test_a_long_password_nobody_would_guess_is_taken(password):
    assert password_problem(password, OWN) == ""


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short otter", "15 characters or more"),
        ("fourteen chars", "15 characters or more"),
        ("x" * (LONGEST + 1), "128 characters or fewer"),
        ("a" * 20, "repeats too few"),
        ("ababababababababab", "repeats too few"),
        ("Ashmere-Council-2027", "too easy"),
        ("officer-1@ashmere.example", "too easy"),
        ("qwertyuiop123456", "too easy"),
        ("1q2w3e4r5t6y7u8i", "too easy"),
        ("zyxwvutsrqponmlk", "too easy"),
        ("Password-Password-1", "too easy"),
        ("P4ssw0rdP4ssw0rd!", "too easy"),
        ("Summer2026Summer2026", "too easy"),
        ("Welcome to the council", "too easy"),
        ("abcdefabcdefabcdef", "too easy"),
    ],
)
def test_a_password_that_is_short_or_easy_to_guess_is_refused_with_the_reason(password, why):
    assert why in password_problem(password, OWN)


def test_what_is_left_is_what_an_attacker_has_to_guess():
    assert what_is_left("Ashmere-Council-2027", OWN) == ""
    assert what_is_left("otter-2027-otter") == "oterotter".replace("tt", "t")


def test_checking_a_password_asks_nobody_outside(sqlite_app, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert usable_password("Password-Password-1", ())[0]
    assert usable_password("purple kettle drifts north", ()) == ("", "purple kettle drifts north")


def test_a_password_typed_with_other_code_points_for_the_same_letters_fits(sqlite_app):
    _, normal = usable_password("café lantern otter", ())
    assert password_fits("cafe\u0301 lantern otter", hashed(normal))


def test_passwords_are_kept_as_argon2id_with_a_pepper_from_outside_the_database(sqlite_app):
    stored = hashed("purple kettle drifts north")
    assert stored.startswith("$argon2id$")
    sqlite_app.config["SECURITY_PASSWORD_SALT"] = "another machine's"
    assert not password_fits("purple kettle drifts north", stored)


def test_the_full_price_is_paid_outside_tests():
    from pathlib import Path

    from pbudget.accounts.security import security_config
    from tests.conftest import make_settings

    options = security_config(make_settings(Path("nowhere"), testing=False))["SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS"]
    assert options == {"argon2__time_cost": 3, "argon2__memory_cost": 65536, "argon2__parallelism": 4}
