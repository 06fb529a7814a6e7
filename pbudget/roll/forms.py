"""What officers fill in about the roll: a file, a ward, a passphrase."""

from collections.abc import Sequence

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxInput,
    GovFileInput,
    GovPasswordInput,
    GovRadioInput,
    GovSelect,
    GovSubmitInput,
    GovTextArea,
    GovTextInput,
)
from wtforms import (
    BooleanField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    SubmitField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from pbudget.wards.queries import WardName

LONGEST_TEXT = 4_000


class RollFileForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A roll, who is too young for it, and whether it replaces the one there is."""

    file = FileField("CSV file", widget=GovFileInput(), validators=[FileRequired("Select a CSV file")])
    youngest = IntegerField(
        "Youngest age",
        widget=GovTextInput(),
        default=16,
        validators=[InputRequired("Enter the youngest age, or 0"), NumberRange(0, 120, "Enter an age from 0 to 120")],
    )
    adding = BooleanField("Add to the roll there is, instead of replacing it", widget=GovCheckboxInput())
    submit = SubmitField("Check the file", widget=GovSubmitInput())


class ConfirmForm(FlaskForm):  # type: ignore[misc]
    """One button."""

    submit = SubmitField("Confirm", widget=GovSubmitInput())


class MakeCodesForm(FlaskForm):  # type: ignore[misc]
    """Whose letters to make, and whether they are for trying out the printer."""

    ward = SelectField("Ward", widget=GovSelect())
    kind = RadioField(
        "What to make",
        widget=GovRadioInput(),
        choices=[
            SelectChoice("test", "5 test letters, with codes that cannot be used to vote"),
            SelectChoice("letters", "Letters for everybody in the ward who has no code yet"),
        ],
        validators=[InputRequired("Select what to make")],
    )
    submit = SubmitField("Make the codes", widget=GovSubmitInput())

    def offer(self, wards: Sequence[WardName]) -> None:
        """Fill in the wards to choose from."""
        self.ward.choices = [SelectChoice(str(ward.id), ward.name) for ward in wards]


class OpenLettersForm(FlaskForm):  # type: ignore[misc]
    """The passphrase that was shown once, and in which form the letters are wanted."""

    passphrase = PasswordField(
        "Passphrase", widget=GovPasswordInput(), validators=[InputRequired("Enter the passphrase of these letters")]
    )
    form = RadioField(
        "What you need",
        widget=GovRadioInput(),
        choices=[
            SelectChoice("csv", "A file for the council’s printer (mail-merge CSV)"),
            SelectChoice("print", "Letters to print from this browser"),
            SelectChoice("large", "Letters in large print to print from this browser"),
            SelectChoice("pdf", "Letters as PDF"),
            SelectChoice("pdf-large", "Letters in large print as PDF"),
        ],
        default="csv",
    )
    part = IntegerField(
        "Which letters",
        widget=GovTextInput(),
        default=1,
        validators=[Optional(), NumberRange(1, 10_000, "Enter 1, 2, 3 …")],
    )
    languages = TextAreaField(
        "Lines in other languages",
        widget=GovTextArea(),
        validators=[Length(max=LONGEST_TEXT, message=f"Use at most {LONGEST_TEXT} characters")],
    )
    submit = SubmitField("Open the letters", widget=GovSubmitInput())


class ReturnedForm(FlaskForm):  # type: ignore[misc]
    """References of letters that came back."""

    references = TextAreaField(
        "References of the letters",
        widget=GovTextArea(),
        validators=[
            InputRequired("Enter at least one reference"),
            Length(max=LONGEST_TEXT, message=f"Use at most {LONGEST_TEXT} characters"),
        ],
    )
    submit = SubmitField("Stop these codes", widget=GovSubmitInput())
