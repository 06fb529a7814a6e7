"""Questions as a form: radios, none of them needed, "Prefer not to say" last of each."""

from collections.abc import Sequence
from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSubmitInput, GovTextInput
from wtforms import RadioField, StringField, SubmitField
from wtforms.fields.choices import SelectChoice

from pbudget.equality.rules.questions import PREFER_NOT, PREFER_NOT_LABEL, Question


class QuestionsForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """One page of questions; its fields come with `questions_form`."""

    submit = SubmitField("Continue", widget=GovSubmitInput())

    def answers(self) -> dict[str, str]:
        """What was chosen, by question name; "" where nothing was."""
        return {field.short_name: field.data or "" for field in self if isinstance(field, RadioField)}


class WithdrawForm(FlaskForm):  # type: ignore[misc]
    """The reference of the vote whose answers are taken back."""

    reference = StringField("Your reference", widget=GovTextInput())
    submit = SubmitField("Take my answers back", widget=GovSubmitInput())


def questions_form(questions: Sequence[Question]) -> QuestionsForm:
    """The form of one page."""
    fields: dict[str, Any] = {question.name: _radios(question) for question in questions}
    form: QuestionsForm = type("OneQuestionsForm", (QuestionsForm,), fields)()
    return form


def _radios(question: Question) -> RadioField:
    offered = [(answer.value, answer.label) for answer in question.answers] + [(PREFER_NOT, PREFER_NOT_LABEL)]
    choices = [SelectChoice(value, label) for value, label in offered]
    # validate_choice=False: what was not offered is refused by the action, an empty answer is none
    return RadioField(question.title, widget=GovRadioInput(), choices=choices, validate_choice=False)
