"""Every check value of the specification, to its tolerance."""

from typing import Any

import numpy as np
import pytest

from pbudget.balance.ages import band
from pbudget.balance.disclosure import publishable
from pbudget.balance.representation import balance_of, wilson
from pbudget.balance.thresholds import Thresholds, thresholds_from
from pbudget.guard.rules.bursts import burst
from pbudget.guard.rules.programme import WardCounts, programme, programme_baseline
from pbudget.guard.rules.random_numbers import poisson_counts, splitmix
from pbudget.guard.rules.report import rounded
from pbudget.guard.rules.turnout import funnel, response
from tests.guard.builders import PABULIB, baseline_called, looked_at, looked_at_file, vectors

CLOSE, CHANCE, RESAMPLED = 1.01e-4, 1e-3, 0.01
CASES = 8
VERSIONS = {"config_version", "baseline_version", "input_hash"}


def tolerance(path: str) -> float:
    """How near a figure must be: chances a little less, resampled shares within a hundredth."""
    if "/win_prob/" in path or "swing" in path:
        return RESAMPLED
    return CHANCE if path.endswith(("/p", "/q")) else CLOSE


def differences(found: Any, expected: Any, path: str = "") -> list[str]:
    """Every place where a report is not what it should be."""
    if isinstance(expected, dict) and isinstance(found, dict):
        odd = [f"{path}: {sorted(set(found) ^ set(expected))}"] if set(found) != set(expected) else []
        both = [key for key in expected if key in found]
        return odd + [line for key in both for line in differences(found[key], expected[key], f"{path}/{key}")]
    if isinstance(expected, list) and isinstance(found, list) and len(found) == len(expected):
        pairs = enumerate(zip(found, expected, strict=True))
        return [line for i, (one, other) in pairs for line in differences(one, other, f"{path}[{i}]")]
    if isinstance(expected, float) and isinstance(found, float):
        return [] if abs(found - expected) <= tolerance(path) else [f"{path}: {found}, not {expected}"]
    return [] if found == expected else [f"{path}: {found!r}, not {expected!r}"]


def test_there_are_as_many_cases_as_are_tested() -> None:
    assert len(vectors()["cases"]) == CASES


@pytest.mark.parametrize("number", range(CASES))
def test_a_whole_case_gives_the_whole_report(number: int) -> None:
    case = vectors()["cases"][number]
    if case["kind"] == "file":
        found = looked_at_file(PABULIB / case["file"], baseline_called(case["baseline"])).as_object()
    else:
        costs = {project["id"]: project["cost"] for project in case["projects"]}
        assert (case["threshold"], case["skip"]) == (None, True)
        found = looked_at(case["ballots"], case["dims"], case["base"], case["budget"], costs).as_object()
    assert found.keys() >= VERSIONS
    assert differences({key: value for key, value in found.items() if key not in VERSIONS}, case["expected"]) == []


def test_the_thresholds_are_those_of_the_specification() -> None:
    assert thresholds_from(vectors()["cfg"]) == Thresholds()


def test_age_bands_are_read_from_their_labels() -> None:
    assert {label: list(band(label) or ()) for label in vectors()["age_bands"]} == vectors()["age_bands"]


def test_random_numbers() -> None:
    for value in vectors()["units"]["splitmix"]:
        assert splitmix(value["seed"], np.array([value["idx"]], dtype=np.uint64))[0] == value["u"]


def test_bootstrap_counts() -> None:
    units = vectors()["units"]
    assert poisson_counts(20110101, 0, 1, 20)[0].tolist() == units["boot_counts_first20"]
    assert poisson_counts(20110101, 3, 1, 10)[0].tolist() == units["boot_counts_rep3_n10"]


def test_wilson_limits() -> None:
    for value in vectors()["units"]["wilson"]:
        assert wilson(value["x"], value["n"], Thresholds().z) == pytest.approx((value["lo"], value["hi"]), abs=CLOSE)


def test_funnel() -> None:
    value = vectors()["units"]["funnel"]
    found = funnel(value["x"], value["N"])
    assert found
    printed = {
        "K": found.wards,
        "target": rounded(found.target),
        "phi": rounded(found.phi),
        "tau": rounded(found.tau),
        "z_naive": [rounded(z) for z in found.naive],
        "z": [rounded(z) for z in found.z],
    }
    assert differences(printed, value["out"]) == []
    assert found.very_different == ()


def test_bursts() -> None:
    for value in vectors()["units"]["burst"]:
        found = burst(value["times"], value["T"], value["window"])
        printed = {"k": found.k, "p": rounded(found.p), "status": found.status}
        printed |= {"lam": rounded(found.lam), "phi": rounded(found.phi)} if "lam" in value["out"] else {}
        assert differences(printed, value["out"]) == []
        assert found.flagged == (value["out"]["p"] == 0.0)


def test_response() -> None:
    value = vectors()["units"]["r_indicator"]
    found = response(value["x"], value["N"])
    printed = {"rho": found.rho, "S": found.spread, "R": found.r, "CV": found.cv}
    assert differences(printed, value["out"]) == []


def test_publishable_counts() -> None:
    for value in vectors()["units"]["publishable"]:
        assert publishable(value["counts"]).cells == value["out"]


def test_balance_of_one_dimension() -> None:
    expected = vectors()["units"]["balance_unit"]
    base = {group: figures["base"] for group, figures in expected["groups"].items()}
    found = balance_of(["a"] * 30 + ["b"] * 50 + [None] * 20, base, Thresholds().z)
    assert found.distances
    for name in ("tv", "tv_expected", "tvx", "cv", "cvx", "df"):
        assert getattr(found.distances, name) == pytest.approx(expected[name], abs=CLOSE)
    assert (found.distances.g, found.distances.p) == pytest.approx((expected["G"], expected["p"]), abs=CLOSE)
    for name in ("n", "known", "unknown_share", "not_in_baseline", "status"):
        assert getattr(found, name) == expected[name]
    for group, figures in expected["groups"].items():
        printed = {name: getattr(found.groups[group], name) for name in figures}
        assert differences(printed, figures) == []


def test_the_programmes_baseline() -> None:
    """The worked example of the specification."""
    ages = ("16-29", "30-59", "60+")
    lived = [dict(zip(ages, shares, strict=True)) for shares in ((0.4, 0.4, 0.2), (0.2, 0.4, 0.4))]
    cast = [dict(zip(ages, counts, strict=True)) for counts in ((40, 100, 60), (10, 130, 160))]
    pooled = programme([WardCounts(*pair) for pair in zip(cast, lived, strict=True)])
    found = [list(programme_baseline(residents, pooled).values()) for residents in lived]
    assert found[0] == pytest.approx([0.1627, 0.5240, 0.3133], abs=5e-5)
    assert found[1] == pytest.approx([0.0661, 0.4254, 0.5086], abs=6e-5)
    assert pooled.ballots["16-29"] == pytest.approx(0.1)
    assert pooled.residents["16-29"] == pytest.approx(0.28)
