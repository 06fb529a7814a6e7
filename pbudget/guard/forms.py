"""The decision on the reports, as officers fill it in."""

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSubmitInput, GovTextArea
from wtforms import RadioField, SubmitField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

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
