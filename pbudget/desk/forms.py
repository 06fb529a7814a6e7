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
from wtforms import HiddenField, SelectField, SelectMultipleField, StringField, SubmitField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from pbudget.ballots.queries import WardView
from pbudget.desk.rules import LONGEST_ADDRESS, LONGEST_NAME
from pbudget.roll.rules.reissue import IDENTITY_POINTS


class SearchForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The reference of a letter, or a postcode and part of a name or an address."""

    reference = StringField("Letter reference", widget=GovTextInput(), validators=[Length(max=80)])
    postcode = StringField("Postcode", widget=GovTextInput(), validators=[Length(max=20)])
    typed = StringField(
        "Part of the name, or the number and street", widget=GovTextInput(), validators=[Length(max=LONGEST_NAME)]
    )
    submit = SubmitField("Find", widget=GovSubmitInput())


class IdentityForm(FlaskForm):  # type: ignore[misc]
    """How the resident showed who they are. `press` makes one thing of a double click."""

    press = HiddenField()
    points = SelectMultipleField(
        "How did the resident show who they are?",
        widget=GovCheckboxesInput(),
        choices=[SelectChoice(name, words) for name, words in IDENTITY_POINTS.items()],
        validators=[InputRequired("Select at least 2 ways the resident showed who they are")],
    )
    submit = SubmitField("Continue", widget=GovSubmitInput())

    def refuse(self, field: str, message: str) -> None:
        """Show a message at a field, as if the form had found it."""
        self[field].errors = [message.rstrip(".")]


class MoveForm(IdentityForm):
    """The ward a resident lives in."""

    ward = SelectField("Ward the resident lives in", widget=GovSelect(), validators=[InputRequired("Select a ward")])

    def offer(self, wards: Sequence[WardView]) -> None:
        """Fill in the wards to choose from."""
        first = SelectChoice("", "Choose a ward")
        self.ward.choices = [first, *(SelectChoice(ward.code, ward.name) for ward in wards)]


class AddForm(MoveForm):
    """Somebody who is missing from the roll."""

    name = StringField(
        "Name",
        widget=GovTextInput(),
        validators=[Length(max=LONGEST_NAME, message=f"Name must be {LONGEST_NAME} characters or fewer")],
    )
    address = TextAreaField(
        "Address",
        widget=GovTextArea(),
        validators=[
            InputRequired("Enter the address"),
            Length(max=LONGEST_ADDRESS, message=f"Address must be {LONGEST_ADDRESS} characters or fewer"),
        ],
    )
    postcode = StringField("Postcode", widget=GovTextInput(), validators=[InputRequired("Enter the postcode")])


class PressForm(FlaskForm):  # type: ignore[misc]
    """One button that does no more when it is pressed twice."""

    press = HiddenField()
    submit = SubmitField("Show the new code", widget=GovSubmitInput())
