"""The forms of proposals: one at a time, a whole table, and the word that the costs are final."""

from collections.abc import Callable
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxInput,
    GovFileInput,
    GovSelect,
    GovSubmitInput,
    GovTextArea,
    GovTextInput,
)
from wtforms import BooleanField, SelectField, StringField, SubmitField, TextAreaField, ValidationError
from wtforms.validators import InputRequired

from pbudget.kit.errors import BadInput
from pbudget.kit.money import read_money
from pbudget.proposals.rules import usable_text, usable_title


def _checked(check: Callable[[str], Any]) -> Callable[[Any, Any], None]:
    def validate(_form: Any, field: Any) -> None:
        try:
            check(field.data or "")
        except BadInput as error:
            raise ValidationError(str(error).rstrip(".")) from error

    return validate


class ProposalForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """One proposal."""

    pot = SelectField("Pot", widget=GovSelect(), coerce=int)
    title = StringField("Title", widget=GovTextInput(), validators=[_checked(usable_title)])
    cost = StringField("Cost", widget=GovTextInput(), validators=[_checked(read_money)])
    description = TextAreaField(
        "What it is and where",
        widget=GovTextArea(),
        validators=[_checked(lambda typed: usable_text(typed, "description"))],
    )
    category = StringField(
        "Category (optional)",
        widget=GovTextInput(),
        validators=[_checked(lambda typed: usable_text(typed, "category"))],
    )
    submit = SubmitField("Save", widget=GovSubmitInput())


class SheetForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A CSV file."""

    file = FileField("CSV file", widget=GovFileInput(), validators=[FileRequired("Choose a file")])
    submit = SubmitField("Check the file", widget=GovSubmitInput())


class TableForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The same table once more, as it was checked."""

    table = TextAreaField("Table")
    submit = SubmitField("Add these proposals", widget=GovSubmitInput())


class FinalForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """An officer's word for the costs."""

    final = BooleanField(
        "The council can do each of these proposals, and the costs are checked and final",
        widget=GovCheckboxInput(),
        validators=[InputRequired("Tick the box when the costs are final")],
    )
    submit = SubmitField("Save and continue", widget=GovSubmitInput())
