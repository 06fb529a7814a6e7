"""What an officer fills in about a pre-election period."""

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovDateInput, GovSubmitInput, GovTextArea
from wtforms import DateField, SubmitField, TextAreaField
from wtforms.validators import InputRequired, Length

DAY = "%d %m %Y"


class PeriodForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """From when to when, and why."""

    first_day = DateField(
        "First day", format=DAY, widget=GovDateInput(), validators=[InputRequired("Enter the first day")]
    )
    last_day = DateField(
        "Last day", format=DAY, widget=GovDateInput(), validators=[InputRequired("Enter the last day")]
    )
    reason = TextAreaField(
        "Reason",
        widget=GovTextArea(),
        validators=[
            InputRequired("Enter the reason, for example which election it is"),
            Length(max=300, message="The reason must be 300 characters or fewer"),
        ],
    )
    submit = SubmitField("Hold publicity back in these days", widget=GovSubmitInput())
