"""A round with a ledger, on both engines, and ballots for it."""

import pytest
from sqlalchemy import text

from pbudget.db import transaction
from pbudget.keys.actions import create_keys
from pbudget.ledger.actions import open_ledger
from tests.ledger.building import manifest_of


@pytest.fixture
def round_id(app, tmp_path) -> int:
    """An open round called spring-2027, with keys in the test's own folder."""
    return opened("spring-2027", tmp_path)


def opened(slug, tmp_path, *, is_demo: bool = False) -> int:
    with transaction() as session:
        session.execute(
            text(
                "INSERT INTO round (slug, name, place, phase, language, currency, dates_as_stated, is_demo)"
                " VALUES (:slug, 'A round', 'Testham', 'open', 'en', 'GBP', '', :is_demo)"
            ),
            {"slug": slug, "is_demo": is_demo},
        )
        round_id = session.scalar(text("SELECT id FROM round WHERE slug = :slug"), {"slug": slug})
        open_ledger(session, round_id, manifest_of(slug, create_keys(tmp_path / "keys", slug)))
    return round_id
