"""A field for a date and a time in London, as GOV.UK's date input with a fourth box."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import render_template
from markupsafe import Markup
from wtforms import Field

from pbudget.rounds.rules.dates import DateNotUsable, TimeNotUsable, read_moment, typed_parts

BOXES = ("day", "month", "year", "time")


class MomentField(Field):  # type: ignore[misc]  # WTForms has no types
    """A moment (UTC) from four boxes; what was typed stays in them when it cannot be used."""

    def __init__(self, label: str, hint: str, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.hint = hint
        self.typed: Mapping[str, str] = typed_parts(None)
        self.in_error: Sequence[str] = ()

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read the boxes, or fill them from a moment."""
        self.process_errors: list[str] = []
        self.data = self.object_data = data if isinstance(data, datetime) else None
        self.raw_data: list[str] = []
        self.typed = typed_parts(self.data)
        names = {box: f"{self.name}-{box}" for box in BOXES}
        if formdata and any(name in formdata for name in names.values()):
            self.typed = {box: formdata.get(name, "") for box, name in names.items()}
            self._read()

    def _read(self) -> None:
        try:
            self.data = read_moment(*(self.typed[box] for box in BOXES))
        except DateNotUsable as error:
            self.data, self.in_error = None, ("day", "month", "year")
            self.process_errors = [f"{self.label.text}: {error}"]
        except TimeNotUsable as error:
            self.data, self.in_error = None, ("time",)
            self.process_errors = [f"{self.label.text}: {error}"]

    @property
    def first_in_error(self) -> str:
        """The id of the box that the error summary leads to."""
        return f"{self.id}-{(self.in_error or BOXES)[0]}"

    def __call__(self, **_: Any) -> Markup:
        """The four boxes in one fieldset."""
        made = render_template("rounds/staff/_moment.html", field=self)
        return Markup(made)  # noqa: S704 - a template's own output, escaped by it
