"""The decision on the reports, as officers fill it in."""

from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxesInput,
    GovDateInput,
    GovRadioInput,
    GovSelect,
    GovSubmitInput,
    GovTextArea,
    GovTextInput,
)
from wtforms import (
    DateField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from pbudget.guard.rules.decisions import CHOICES

LONGEST_REASON = 2_000


class DecisionForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Which decision, and why."""

    decision = RadioField(
        "Decision",
        widget=GovRadioInput(),
        choices=[SelectChoice(name, choice.title) for name, choice in CHOICES.items()],
        validators=[InputRequired("Choose what follows from the reports")],
    )
    reason = TextAreaField(
        "Reason",
        widget=GovTextArea(),
        validators=[
            InputRequired("Give the reason. Residents read it"),
            Length(max=LONGEST_REASON, message=f"The reason must be {LONGEST_REASON:,} characters or fewer"),
        ],
    )
    submit = SubmitField("Ask another officer to approve", widget=GovSubmitInput())


ACCESS_FORMS = (
    "Visit",
    "Road show",
    "Easy read",
    "Another language",
    "British Sign Language",
    "Step-free venue",
    "Large print",
    "By telephone",
)
LONGEST_LINE = 200


def _line(label: str, needed: str = "") -> StringField:
    too_long = f"{label} must be {LONGEST_LINE} characters or fewer"
    checks: list[Any] = [DataRequired(needed)] if needed else []
    checks += [Length(max=LONGEST_LINE, message=too_long)]
    return StringField(label, widget=GovTextInput(), validators=checks, filters=[lambda text: (text or "").strip()])


class DayField(DateField):  # type: ignore[misc]
    """A day in three boxes; what is no day is asked for in our words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the boxes."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError("Enter a real day, such as 14 3 2027") from error


class AccessForm(FlaskForm):  # type: ignore[misc]
    """Something that was done to reach people."""

    what = _line("What was done", "Say what was done")
    partner = _line("With which partner")
    ward = SelectField("Where", widget=GovSelect(), validate_choice=True)
    done_on = DayField("When", format="%d %m %Y", widget=GovDateInput(), validators=[InputRequired("Enter the day")])
    forms = SelectMultipleField(
        "In which form", widget=GovCheckboxesInput(), choices=[SelectChoice(each, each) for each in ACCESS_FORMS]
    )
    languages = _line("In which languages")
    by_whom = _line("By whom (a role, not a name)", "Say by whom, as a role")
    they_said = TextAreaField(
        "What people said",
        widget=GovTextArea(),
        validators=[Length(max=LONGEST_REASON, message=f"Use {LONGEST_REASON:,} characters or fewer")],
    )
    submit = SubmitField("Add to the access record", widget=GovSubmitInput())
