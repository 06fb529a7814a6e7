"""What residents type besides their choices: alone or as a group, a code to come back, and officers' files."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from govuk_frontend_wtf.wtforms_widgets import GovFileInput, GovSubmitInput, GovTextInput
from wtforms import StringField, SubmitField, TextAreaField


class CodeForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The code that was given when an answer was saved."""

    code = StringField("Your code", widget=GovTextInput())
    submit = SubmitField("Continue", widget=GovSubmitInput())


class SheetForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A CSV file."""

    file = FileField("CSV file", widget=GovFileInput(), validators=[FileRequired("Choose a file")])
    submit = SubmitField("Check the file", widget=GovSubmitInput())


class TableForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The same file once more, as it was checked."""

    table = TextAreaField("Table")
    submit = SubmitField("Load this budget", widget=GovSubmitInput())
