"""What officers fill in about help for residents."""

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovSelect, GovSubmitInput, GovTextInput
from wtforms import SelectField, StringField, SubmitField, ValidationError
from wtforms.validators import InputRequired, Length

from pbudget.hubs.actions import HubGiven


class HelpLineForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The phone line."""

    phone = StringField(
        "Phone number", widget=GovTextInput(), validators=[Length(max=40, message="The number is too long")]
    )
    hours = StringField(
        "When somebody answers",
        widget=GovTextInput(),
        validators=[Length(max=100, message="The hours must be 100 characters or fewer")],
    )
    submit = SubmitField("Save", widget=GovSubmitInput())

    def validate_phone(self, field: StringField) -> None:
        """Digits enough to ring."""
        typed = (field.data or "").strip()
        if typed and sum(character.isdigit() for character in typed) < 3:
            raise ValidationError("Enter a phone number, like 01632 960 001, or leave it empty")

    def validate_hours(self, field: StringField) -> None:
        """A number without hours rings in vain."""
        if (self.phone.data or "").strip() and not (field.data or "").strip():
            raise ValidationError("Enter when somebody answers, for example Monday to Friday, 9am to 5pm")


def _text(label: str, needed: str, longest: int) -> StringField:
    too_long = f"{label} must be {longest} characters or fewer"
    return StringField(
        label, widget=GovTextInput(), validators=[InputRequired(needed), Length(max=longest, message=too_long)]
    )


class HubForm(FlaskForm):  # type: ignore[misc]
    """One hub."""

    name = _text("Name of the hub", "Enter the name of the hub", 100)
    address = _text("Address", "Enter the address", 200)
    hours = _text("Opening hours", "Enter the opening hours", 200)
    access = StringField(
        "Getting in and getting help",
        widget=GovTextInput(),
        validators=[Length(max=200, message="This must be 200 characters or fewer")],
    )
    ward = SelectField("Ward it is in", widget=GovSelect(), validators=[InputRequired("Choose the ward it is in")])
    submit = SubmitField("Save", widget=GovSubmitInput())

    def given(self) -> HubGiven:
        """What was filled in."""
        name, address, hours, access = (
            (field.data or "").strip() for field in (self.name, self.address, self.hours, self.access)
        )
        return HubGiven(name, address, hours, access, int(self.ward.data))
