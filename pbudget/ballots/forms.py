"""What a voter types: a code, an e-mail address, a ward or a postcode, a reference. Shape and labels only."""

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovSubmitInput, GovTextInput
from wtforms import StringField, SubmitField

from pbudget.wards.forms import WardForm


class CodeForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The voting code; never filled in again from a page that failed, except by the person who typed it."""

    code = StringField("Your voting code", widget=GovTextInput())
    submit = SubmitField("Continue", widget=GovSubmitInput())


class ContactForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Where to send a link."""

    email = StringField("Your e-mail address", widget=GovTextInput())
    submit = SubmitField("Send me a link", widget=GovSubmitInput())


class LinkForm(WardForm):
    """The code of a link, and where one lives."""

    code = StringField("Code from your e-mail", widget=GovTextInput())


class ReferenceForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The reference a voter kept; sent by POST, so that it stands in no address, history or log."""

    reference = StringField("Your reference", widget=GovTextInput())
    submit = SubmitField("Check my reference", widget=GovSubmitInput())
