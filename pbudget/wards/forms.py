"""What residents fill in to say where they live."""

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovSubmitInput, GovTextInput
from wtforms import StringField, SubmitField, ValidationError

from pbudget.wards.rules.postcodes import NotAPostcode, normalise


class PostcodeForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A postcode, sent by POST so that it stands in no address, history or log. It is looked up and forgotten."""

    postcode = StringField("Postcode", widget=GovTextInput())
    submit = SubmitField("Find your ward", widget=GovSubmitInput())

    def validate_postcode(self, field: StringField) -> None:
        """Say what is wrong in the words of the rule."""
        try:
            self.normalised = normalise(field.data or "")
        except NotAPostcode as error:
            raise ValidationError(str(error)) from error


class WardForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A postcode, or a ward chosen from the list; the postcode is looked up and forgotten."""

    postcode = StringField("Your postcode", widget=GovTextInput())
