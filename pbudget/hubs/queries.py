"""Where residents get help: read once a minute by each process, because every page says it."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import current_app
from sqlalchemy import literal, select, true
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import aliased

from pbudget.config import Settings
from pbudget.db import db
from pbudget.hubs.models import HelpLine, Hub, NearestHub
from pbudget.wards.models import Ward

KEPT_SECONDS = 60.0
KEPT = "help_known"
HUB = (Hub.id, Hub.name, Hub.address, Hub.hours, Hub.access, Hub.ward_id, Ward.name.label("ward"))


@dataclass(frozen=True)
class HubView:
    """A hub as pages show it."""

    id: int
    name: str
    address: str
    hours: str
    access: str
    ward_id: int
    ward: str


@dataclass(frozen=True)
class Help:
    """The phone line (number and hours, empty where there is none), the hubs by name, the nearest by ward code."""

    phone: str = ""
    hours: str = ""
    hubs: tuple[HubView, ...] = ()
    nearest: Mapping[str, HubView] = field(default_factory=dict)

    @property
    def line(self) -> str:
        """The number with its hours, in one phrase."""
        return f"{self.phone} ({self.hours})" if self.hours else self.phone

    def nearest_to(self, ward_code: str) -> HubView | None:
        """The hub nearest to a ward; the only hub where the ward is not known; None where that says nothing."""
        return self.nearest.get(ward_code) or (self.hubs[0] if len(self.hubs) == 1 else None)


def help_known(*, may_ask: bool = True) -> Help:
    """What is known, at most a minute old. `may_ask=False`, on pages for errors, never touches the database."""
    kept: tuple[float, Help] | None = current_app.extensions.get(KEPT)
    if kept and (not may_ask or time.monotonic() - kept[0] < KEPT_SECONDS):
        return kept[1]
    if not may_ask:
        return Help(phone=_settings().contact_phone)
    try:
        known = _read()
    except SQLAlchemyError:
        return kept[1] if kept else Help(phone=_settings().contact_phone)
    current_app.extensions[KEPT] = (time.monotonic(), known)
    return known


def forget_help() -> None:
    """Read it again the next time: something was changed here."""
    current_app.extensions.pop(KEPT, None)


def _read() -> Help:
    """All of it in one statement, because it comes on top of what a page reads for itself."""
    always = select(literal(1).label("one")).subquery()
    near = aliased(Ward)
    chosen = (
        select(HelpLine.phone, HelpLine.hours.label("line_hours"), near.code.label("near_code"), *HUB)
        .select_from(always)
        .outerjoin(HelpLine, true())
        .outerjoin(Hub, true())
        .outerjoin(Ward, Ward.id == Hub.ward_id)
        .outerjoin(NearestHub, NearestHub.hub_id == Hub.id)
        .outerjoin(near, near.id == NearestHub.ward_id)
        .order_by(Hub.name)
    )
    rows = db.session.execute(chosen).all()
    views = [(row.near_code, _view(row)) for row in rows if row.id is not None]
    hubs = tuple(dict.fromkeys(view for _, view in views))
    nearest = {code: view for code, view in views if code is not None}
    if rows[0].phone is None:
        return Help(_settings().contact_phone, "", hubs, nearest)
    return Help(rows[0].phone, rows[0].line_hours, hubs, nearest)


def _view(row: Any) -> HubView:
    return HubView(*(getattr(row, name) for name in HubView.__dataclass_fields__))


def hub_list() -> tuple[HubView, ...]:
    """Every hub, by name."""
    return tuple(HubView(*row) for row in db.session.execute(select(*HUB).join(Ward).order_by(Hub.name)))


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
