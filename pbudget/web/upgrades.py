"""No change of the schema while people vote."""

from sqlalchemy import column, false, inspect, select, table

from pbudget import schema
from pbudget.db import db
from pbudget.kit.errors import BadInput

ROUND = table("round", column("name"), column("phase"), column("is_demo"))
"""By name only: the model is this version's, the table still the version's before."""


class VotingIsOpen(BadInput):
    """The schema would change while a round is open: nothing is done; the person reads which round and what to do."""


def refuse_while_voting() -> None:
    """Raise VotingIsOpen if the database needs migrations and a round is open; a demonstration's does not count."""
    if schema.current() == schema.newest() or not inspect(db.engine).has_table("round"):
        return
    opened = select(ROUND.c.name).where(ROUND.c.phase == "open", ROUND.c.is_demo == false()).order_by(ROUND.c.name)
    with db.engine.connect() as connection:
        names = connection.scalars(opened).all()
    if names:
        raise VotingIsOpen(
            f"Voting is open in {', '.join(names)}, and this version would change the database. Nothing was changed. "
            "Go on with the version before, and upgrade after voting has closed."
        )
