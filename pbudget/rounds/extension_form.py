"""The form of an extension: the later closing time, the reason, and what will be done with the time."""

from typing import Any

from govuk_frontend_wtf.wtforms_widgets import GovTextInput
from wtforms import StringField
from wtforms.validators import Length, ValidationError

from pbudget.kit.texts import tidy
from pbudget.rounds.fields import MomentField
from pbudget.rounds.forms import ReasonForm
from pbudget.rounds.rules.extension import OUTREACH

NEEDED = {
    "what": "Say what will be done to reach people",
    "where": "Say where it will be done",
    "whom": "Say whom it is for",
}


def _outreach(name: str) -> StringField:
    too_long = Length(max=200, message=f"{OUTREACH[name]} must be 200 characters or fewer")
    return StringField(OUTREACH[name], widget=GovTextInput(), validators=[too_long, _if_stopped], filters=[tidy])


def _if_stopped(form: Any, field: Any) -> None:
    """Once voting has stopped there is no extension without named outreach."""
    if form.voting_has_stopped and not (field.data or "").strip():
        raise ValidationError(NEEDED[field.name])


class ExtendForm(ReasonForm):
    """A later closing time, and what will be done with it."""

    voting_has_stopped = False
    closes = MomentField("New closing time", hint="For example, 21 3 2027 at 5pm")
    what = _outreach("what")
    where = _outreach("where")
    whom = _outreach("whom")
