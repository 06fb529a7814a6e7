"""Changing the help line and the hubs. Each act is one transaction with its line in the audit log."""

from dataclasses import asdict, dataclass

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from pbudget.audit.actions import record
from pbudget.db import transaction
from pbudget.hubs.models import HelpLine, Hub, NearestHub
from pbudget.hubs.queries import forget_help
from pbudget.hubs.rules import Middle, nearest
from pbudget.kit.errors import BadInput
from pbudget.wards.models import Ward
from pbudget.wards.rules.boundaries import unpack
from pbudget.wards.rules.geometry import roomiest_point


class HubNameTaken(BadInput):
    """Another hub has this name; the officer reads which field to change."""


@dataclass(frozen=True)
class HubGiven:
    """What an officer filled in about a hub."""

    name: str
    address: str
    hours: str
    access: str
    ward_id: int


def save_help_line(phone: str, hours: str, actor: str) -> None:
    """Save the number residents ring; an empty one leaves the number of the settings."""
    with transaction() as session:
        session.execute(delete(HelpLine))
        if phone:
            session.execute(insert(HelpLine).values(id=1, phone=phone, hours=hours))
        record(session, actor, "help line changed")
    forget_help()


def save_hub(hub_id: int | None, given: HubGiven, actor: str) -> None:
    """Add a hub, or change one, and work out anew which is nearest to which ward. Raises HubNameTaken."""
    try:
        with transaction() as session:
            if hub_id is None:
                session.add(Hub(**asdict(given)))
            else:
                hub = session.get_one(Hub, hub_id)
                for name, value in asdict(given).items():
                    setattr(hub, name, value)
            session.flush()
            _work_out_nearest(session)
            record(session, actor, "hub added" if hub_id is None else "hub changed", given.name)
    except IntegrityError as error:
        raise HubNameTaken("There is a hub with this name already. Change that one, or use another name") from error
    forget_help()


def remove_hub(hub_id: int, actor: str) -> None:
    """Remove a hub; repeating it does no harm."""
    with transaction() as session:
        hub = session.get(Hub, hub_id)
        if hub is None:
            return
        name = hub.name
        session.execute(delete(NearestHub).where(NearestHub.hub_id == hub_id))
        session.delete(hub)
        session.flush()
        _work_out_nearest(session)
        record(session, actor, "hub removed", name)
    forget_help()


def _work_out_nearest(session: Session) -> None:
    hubs: dict[int, int] = dict(session.execute(select(Hub.id, Hub.ward_id)).all())
    session.execute(delete(NearestHub))
    found = nearest(_middles(session, set(hubs.values())), hubs)
    rows = [{"ward_id": ward, "hub_id": hub} for ward, hub in sorted(found.items())]
    if rows:
        session.execute(insert(NearestHub), rows)


def _middles(session: Session, of_hubs: set[int]) -> dict[int, Middle]:
    """Where the wards lie in whose boroughs there are hubs, as far as there is a map."""
    boroughs = select(Ward.borough_id).where(Ward.id.in_(of_hubs))
    mapped = Ward.boundary.is_not(None)
    rows = session.execute(select(Ward.id, Ward.boundary).where(Ward.borough_id.in_(boroughs), mapped))
    spots = {ward_id: roomiest_point(unpack(boundary)) for ward_id, boundary in rows if boundary}
    return {ward_id: (spot.x, spot.y) for ward_id, spot in spots.items()}
