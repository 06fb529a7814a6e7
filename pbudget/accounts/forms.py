"""The forms of signing in. Passwords can be pasted, shown, and filled in by the browser or a password manager."""

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovPasswordInput, GovSubmitInput, GovTextInput
from wtforms import PasswordField, StringField, SubmitField, ValidationError
from wtforms.validators import InputRequired

LONGEST_TYPED = 1_000
CURRENT = "Enter the password you use now"


def _required(message: str) -> list[InputRequired]:
    return [InputRequired(message=message)]


class StaffForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A form whose fields hold at most what a person could type."""

    def validate(self, extra_validators: object = None) -> bool:
        """Whether every field holds something, and none of them a book."""
        fits = super().validate(extra_validators)
        for field in self:
            if isinstance(field.data, str) and len(field.data) > LONGEST_TYPED:
                field.errors = [*field.errors, f"{field.label.text} is too long"]
                fits = False
        return bool(fits)

    def refuse(self, field: str, message: str) -> None:
        """Show a message at a field, as if the form had found it."""
        self[field].errors = [*self[field].errors, message]


class SignInForm(StaffForm):
    """The first half."""

    email = StringField("Email address", widget=GovTextInput(), validators=_required("Enter your email address"))
    password = PasswordField("Password", widget=GovPasswordInput(), validators=_required("Enter your password"))
    submit = SubmitField("Continue", widget=GovSubmitInput())


class CodeForm(StaffForm):
    """The second half, and the first code of a new authenticator."""

    code = StringField(
        "Code from your app", widget=GovTextInput(), validators=_required("Enter the 6 digits your app shows")
    )
    submit = SubmitField("Sign in", widget=GovSubmitInput())

    def validate_code(self, field: StringField) -> None:
        """Six digits, with or without a space."""
        digits = "".join((field.data or "").split())
        if len(digits) != 6 or not (digits.isascii() and digits.isdigit()):
            raise ValidationError("Code must be 6 digits, for example 123 456")


class RecoveryCodeForm(StaffForm):
    """The second half without the phone."""

    recovery_code = StringField(
        "Recovery code", widget=GovTextInput(), validators=_required("Enter one of your recovery codes")
    )
    submit = SubmitField("Sign in", widget=GovSubmitInput())


class NewPasswordForm(StaffForm):
    """The password of a new account."""

    password = PasswordField("Password", widget=GovPasswordInput(), validators=_required("Enter a password"))
    submit = SubmitField("Continue", widget=GovSubmitInput())


class AgainForm(CodeForm):
    """Password and code once more."""

    password = PasswordField("Password", widget=GovPasswordInput(), validators=_required("Enter your password"))
    submit = SubmitField("Continue", widget=GovSubmitInput())


class ChangePasswordForm(StaffForm):
    """A new password for the one in use."""

    old = PasswordField("Password you use now", widget=GovPasswordInput(), validators=_required(CURRENT))
    new = PasswordField("New password", widget=GovPasswordInput(), validators=_required("Enter a new password"))
    submit = SubmitField("Change password", widget=GovSubmitInput())


class SubmitForm(StaffForm):
    """A button with its token and nothing to fill in."""

    submit = SubmitField("Make new codes", widget=GovSubmitInput())
