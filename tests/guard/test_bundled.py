"""The reports in the result bundle: what the pages say and no more, under the checksums like everything else."""

import json
import zipfile
from pathlib import Path

import pytest

from pbudget.guard.bundled import reports_in_bundle
from pbudget.guard.live import report_round
from pbudget.ledger.bundle import check_bundle, open_bundle
from pbudget.results.bundles import bundle_file
from pbudget.results.counting import count_round
from pbudget.results.queries import latest_bundle, publication_of
from pbudget.rounds.approving import approve, request_approval
from pbudget.rounds.queries import round_by_slug
from tests.guard.test_live import older_people_came, voted
from tests.results.closed_round import give_up_reports
from tests.results.test_officer_acts import publish
from tests.rounds.building import officer
from tests.support.open_round import OpenRound


def bundle_of(vote: OpenRound, folder: Path) -> Path:
    """The bundle of a published round, unpacked."""
    round_, bundle, published = round_by_slug(vote.slug), latest_bundle(vote.id), publication_of(vote.id)
    assert round_ and bundle and published
    with zipfile.ZipFile(bundle_file(round_, bundle, published.forms)) as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture
def bundle(sqlite_app, tmp_path) -> Path:
    """Of a round with a report and a decision."""
    vote = voted(sqlite_app, [*older_people_came(), *[("swings", "", "")] * 4])
    count_round(vote.id, "system")
    list(report_round(vote.id))
    asked = request_approval(vote.id, "decide", {"decision": "certify", "reason": "It stands."}, officer("Officer A"))
    approve(asked, officer("Officer B"), fresh=True)
    publish(vote)
    return bundle_of(vote, tmp_path / "bundle")


def test_the_bundle_has_the_report_as_the_page_says_it_and_the_decision(bundle):
    content = json.loads((bundle / "reports.json").read_text(encoding="utf-8"))
    report = content["reports"]["riverside"]
    assert report["verdict"] == "at risk of capture"
    age = next(table for table in report["participation"] if table["dimension"] == "age")
    assert age["rows"][-1]["participants"] is None, "four who did not say are not shown"
    counts = [row["participants"] for table in report["participation"] for row in table["rows"]]
    assert [count for count in counts if count is not None and (count % 5 or 0 < count < 10)] == []
    assert "ratio" not in age["rows"][0]
    assert [(each["decision"], each["reason"]) for each in content["decisions"]] == [
        ("Certify the result", "It stands.")
    ]
    assert "reports.json" in (bundle / "README.txt").read_text(encoding="utf-8")


def test_a_changed_report_does_not_verify(bundle):
    assert all(finding.ok for finding in check_bundle(open_bundle(bundle)))
    place = bundle / "reports.json"
    place.write_text(place.read_text(encoding="utf-8").replace("at risk of capture", "balanced"), encoding="utf-8")
    wrong = [finding.text for finding in check_bundle(open_bundle(bundle)) if not finding.ok]
    assert wrong == ["SHA256SUMS: reports.json was changed"]


def test_without_a_report_there_is_no_such_file(sqlite_app, tmp_path):
    vote = voted(sqlite_app, older_people_came(20))
    count_round(vote.id, "system")
    assert reports_in_bundle(vote.id) == {}
    give_up_reports(vote)
    publish(vote)
    folder = bundle_of(vote, tmp_path / "bundle")
    assert not (folder / "reports.json").exists()
    assert "reports.json" not in (folder / "README.txt").read_text(encoding="utf-8")
