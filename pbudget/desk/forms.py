"""What an officer fills in at the roll desk."""

from collections.abc import Sequence

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxesInput,
    GovSelect,
    GovSubmitInput,
    GovTextArea,
    GovTextInput,
)
from wtforms import (
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from pbudget.ballots.queries import WardView
from pbudget.desk.rules import LONGEST_NAME, SearchNotUsable, lines_of
from pbudget.roll.rules.reissue import IDENTITY_POINTS, POINTS_NEEDED
from pbudget.wards.rules.postcodes import NotAPostcode, normalise

NEEDED = "Select at least 2 ways the resident showed who they are"


def _points() -> SelectMultipleField:
    return SelectMultipleField(
        "How did the resident show who they are?",
        widget=GovCheckboxesInput(),
        choices=[SelectChoice(name, words) for name, words in IDENTITY_POINTS.items()],
        validators=[InputRequired(NEEDED), Length(min=POINTS_NEEDED, message=NEEDED)],
    )


def _ward() -> SelectField:
    return SelectField("Ward the resident lives in", widget=GovSelect(), validators=[InputRequired("Select a ward")])


class SearchForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The reference of a letter, or a postcode and part of a name or an address."""

    reference = StringField("Letter reference", widget=GovTextInput(), validators=[Length(max=80)])
    postcode = StringField("Postcode", widget=GovTextInput(), validators=[Length(max=20)])
    typed = StringField(
        "Part of the name, or the number and street", widget=GovTextInput(), validators=[Length(max=LONGEST_NAME)]
    )
    submit = SubmitField("Find", widget=GovSubmitInput())


class PressForm(FlaskForm):  # type: ignore[misc]
    """One button that does no more when it is pressed twice."""

    press = HiddenField()
    submit = SubmitField("Show the new code", widget=GovSubmitInput())

    def refuse(self, field: str, message: str) -> None:
        """Show a message at a field, as if the form had found it."""
        self[field].errors = [message.rstrip(".")]


class IdentityForm(PressForm):
    """How the resident showed who they are. `press` makes one thing of a double click."""

    points = _points()
    submit = SubmitField("Continue", widget=GovSubmitInput())


class MoveForm(PressForm):
    """The ward a resident lives in."""

    ward = _ward()
    points = _points()

    def offer(self, wards: Sequence[WardView]) -> None:
        """Fill in the wards to choose from."""
        first = SelectChoice("", "Choose a ward")
        self.ward.choices = [first, *(SelectChoice(ward.code, ward.name) for ward in wards)]


class AddForm(MoveForm):
    """Somebody who is missing from the roll; the fields in the order of the page."""

    name = StringField(
        "Name",
        widget=GovTextInput(),
        validators=[Length(max=LONGEST_NAME, message=f"Name must be {LONGEST_NAME} characters or fewer")],
    )
    address = TextAreaField("Address", widget=GovTextArea(), validators=[InputRequired("Enter the address")])
    postcode = StringField("Postcode", widget=GovTextInput(), validators=[InputRequired("Enter the postcode")])
    ward = _ward()
    points = _points()

    def validate_address(self, field: TextAreaField) -> None:
        """It has to fit into the window of an envelope."""
        try:
            lines_of(field.data or "")
        except SearchNotUsable as error:
            raise ValidationError(str(error)) from error

    def validate_postcode(self, field: StringField) -> None:
        """A whole one."""
        try:
            normalise(field.data or "")
        except NotAPostcode as error:
            raise ValidationError("Enter a full postcode, like SE1 7AB") from error
