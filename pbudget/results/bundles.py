"""The result bundle: signed when it is published and when it is sealed, built from the database when it is asked for.

What could change with the software (README, the two programs, outcome.json) is kept with the signature, so that a
bundle built years later has the same files. The .zip is kept in the instance folder, whole or not at all.
"""

import os
import tempfile
import time
from datetime import datetime
from pathlib import Path

from flask import current_app
from sqlalchemy.orm import Session

import pbudget.ledger.verify_alone
import pbudget.results.recount
from pbudget.config import Settings
from pbudget.ledger.checkpoints import sign_bundle
from pbudget.ledger.queries import checkpoints_of, head_of, public_lines
from pbudget.results.counting import sign_if_possible
from pbudget.results.further_files import further_files
from pbudget.results.models import Bundle
from pbudget.results.queries import BundleView, contest_content, contest_files, count_of
from pbudget.results.rules.bundling import REPORTS, readme, sums_of, zip_bytes
from pbudget.results.rules.publishing import BALLOTS
from pbudget.rounds.queries import RoundView

HALF_MADE = ".bundle-"
SUMS, SIGNATURE = "SHA256SUMS", "SHA256SUMS.sig"


def sign_bundle_now(session: Session, round_: RoundView, forms: dict[str, str], now: datetime) -> None:
    """Sign the chain's head and the checksums of a bundle that ends there. Inside the act's transaction, last."""
    signing, head, counted = sign_if_possible(session, round_, now), head_of(round_.id), count_of(round_.id)
    assert head is not None
    assert counted is not None
    kept_back = [each.name for each in contest_files(round_.id) if forms[each.slug] != BALLOTS]
    added = further_files(round_.id)
    texts = {
        "README.txt": readme(
            round_.name, kept_back, signed=signing is not None, assurance=round_.assurance, reports=REPORTS in added
        ),
        "outcome.json": counted.outcome,
        "verify.py": Path(pbudget.ledger.verify_alone.__file__).read_text(encoding="utf-8"),
        "recount.py": Path(pbudget.results.recount.__file__).read_text(encoding="utf-8"),
        **added,
    }
    sums = sums_of(listed_files(round_.id, head.seq, texts, forms))
    signature = sign_bundle(signing, sums.encode()) if signing else ""
    session.add(Bundle(round_id=round_.id, size=head.seq, files=texts, sums=sums, signature=signature))
    session.flush()


def listed_files(round_id: int, size: int, texts: dict[str, str], forms: dict[str, str]) -> dict[str, bytes]:
    """Every file of a bundle of `size` entries that the checksums list."""
    head = head_of(round_id)
    assert head is not None
    signed = [each.as_json() + "\n" for each in checkpoints_of(round_id) if each.size <= size]
    files = {name: text.encode() for name, text in texts.items()}
    files["manifest.json"] = head.manifest.encode()
    files["ledger.jsonl"] = b"".join(public_lines(round_id, size))
    files["checkpoints.jsonl"] = "".join(signed).encode()
    for each in contest_files(round_id):
        content = contest_content(each.pot_id)
        if forms[each.slug] == BALLOTS and content is not None:
            files[f"contests/{each.slug}.pb"] = content
    return files


def bundle_bytes(round_id: int, bundle: BundleView, forms: dict[str, str]) -> bytes:
    """The .zip: the same bytes every time."""
    files = listed_files(round_id, bundle.size, bundle.files, forms)
    files[SUMS] = bundle.sums.encode()
    if bundle.signature:
        files[SIGNATURE] = bundle.signature.encode()
    return zip_bytes(files)


def bundle_file(round_: RoundView, bundle: BundleView, forms: dict[str, str]) -> Path:
    """The .zip on this machine, built where it is not there yet; killed at any moment it is whole or not there."""
    settings: Settings = current_app.extensions["settings"]
    folder = settings.instance / "bundles"
    place = folder / f"{round_.slug}-{bundle.size}.zip"
    if not place.exists():
        folder.mkdir(mode=0o700, exist_ok=True)
        _put_whole(place, bundle_bytes(round_.id, bundle, forms))
    return place


def _put_whole(place: Path, content: bytes) -> None:
    """Write beside the place, to the disk, then rename; what a killed process left half-made an hour ago goes."""
    for left in place.parent.glob(f"{HALF_MADE}*"):
        if left.stat().st_mtime < time.time() - 3600:
            left.unlink(missing_ok=True)
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=HALF_MADE)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(place)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    folder = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
