"""Forms of the staff pages of a result."""

from collections.abc import Sequence

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxInput,
    GovDateInput,
    GovRadioInput,
    GovSelect,
    GovSubmitInput,
    GovTextArea,
    GovTextInput,
)
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    SubmitField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange

Projects = Sequence[tuple[str, str]]
LONGEST_NOTE = 1_000
TOO_LONG = f"It must be {LONGEST_NOTE:,} characters or fewer"


class PublishForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Ask for publication; the reason only where ballots are to be published against the rule."""

    reason = TextAreaField(
        "Reason to publish them all the same (leave empty to publish totals)",
        widget=GovTextArea(),
        validators=[Length(max=LONGEST_NOTE, message=TOO_LONG)],
    )
    publish = SubmitField("Ask another officer to approve publication", widget=GovSubmitInput())


class SealForm(FlaskForm):  # type: ignore[misc]
    """Ask for the seal."""

    escrow_destroyed = BooleanField(
        "Every locked copy of the keys has been destroyed by whoever kept it",
        widget=GovCheckboxInput(),
        validators=[InputRequired("Confirm that every locked copy of the keys has been destroyed")],
    )
    backups_gone_on = DateField(
        "From which day is no backup of the roll left?",
        format="%d %m %Y",
        widget=GovDateInput(),
        validators=[InputRequired("Enter the day from which no backup of the roll is left")],
    )
    seal = SubmitField("Ask another officer to approve sealing", widget=GovSubmitInput())


class AuditorForm(FlaskForm):  # type: ignore[misc]
    """What the auditor's own recount found."""

    contest = SelectField("Contest", widget=GovSelect(), validate_choice=True)
    agrees = RadioField(
        "Did your recount find the same winners and totals?",
        choices=[SelectChoice("yes", "Yes, it agrees"), SelectChoice("no", "No, it differs")],
        widget=GovRadioInput(),
        validators=[InputRequired("Say whether your recount agrees")],
    )
    note = TextAreaField(
        "Note for the record (optional)",
        widget=GovTextArea(),
        validators=[Length(max=LONGEST_NOTE, message=TOO_LONG)],
    )
    record = SubmitField("Record my recount", widget=GovSubmitInput())


class DrawForm(FlaskForm):  # type: ignore[misc]
    """At which place each project was drawn, and where; `draw_form` makes one with a field for every project."""

    def places(self, projects: Projects) -> dict[str, int]:
        """The place at which each project was drawn, by reference."""
        return {reference: self[place_name(number)].data for number, (reference, _) in enumerate(projects)}


def draw_form(projects: Projects) -> DrawForm:
    """The form for the projects of one pot, as (reference, title), in the order in which its page shows them."""
    fields = {place_name(number): _place(title, len(projects)) for number, (_, title) in enumerate(projects)}
    where = TextAreaField(
        "Where, when and before whom the lots were drawn",
        widget=GovTextArea(),
        validators=[
            InputRequired("Say where, when and before whom the lots were drawn"),
            Length(max=LONGEST_NOTE, message=TOO_LONG),
        ],
    )
    ask = SubmitField("Ask another officer to approve", widget=GovSubmitInput())
    form: DrawForm = type("DrawFormOfThisPot", (DrawForm,), {**fields, "where": where, "ask": ask})()
    return form


def _place(title: str, projects: int) -> IntegerField:
    wrong = f"{title}: enter the place at which it was drawn, 1 to {projects}"
    return IntegerField(
        title, widget=GovTextInput(), validators=[InputRequired(wrong), NumberRange(1, projects, wrong)]
    )


def place_name(number: int) -> str:
    """What the field of a project is called, by its number on the ballot paper."""
    return f"place_{number}"
