"""The forms of the staff pages, one for each task. Values are checked by the rules of the rooms they belong to."""

from collections.abc import Callable, Sequence
from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxesInput,
    GovPasswordInput,
    GovRadioInput,
    GovSelect,
    GovSubmitInput,
    GovTextArea,
    GovTextInput,
)
from wtforms import (
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from pbudget.equality.rules.questions import LONGEST_LABEL, SHORT_NAMES, STANDARD
from pbudget.kit.errors import BadInput
from pbudget.kit.money import read_money
from pbudget.kit.texts import tidy, whole_number
from pbudget.outbox.rules import usable_address
from pbudget.rounds.fields import MomentField
from pbudget.rounds.rules.choices import ASSURANCE_CHOICES, BALLOT_CHOICES, CHANNEL_CHOICES, Choice
from pbudget.rounds.rules.extension import MOST_DAYS

MOST_WITNESSES = 6
LONGEST_TEXT = 2_000
MOST_VOTES_NEEDED = 1_000_000
MOST_PER_THOUSAND = 500
"""A quorum of more than half of all residents was never met anywhere."""


def _choices(choices: Sequence[Choice]) -> list[SelectChoice]:
    return [SelectChoice(each.value, each.title) for each in choices]


def checked(check: Callable[[str], Any]) -> Callable[[Any, Any], None]:
    """A validator that asks one of our rules and shows its sentence."""

    def validate(_form: Any, field: Any) -> None:
        try:
            check(field.data or "")
        except BadInput as error:
            raise ValidationError(str(error).rstrip(".")) from error

    return validate


def _text(label: str, needed: str, longest: int = 200, **kwargs: Any) -> StringField:
    too_long = f"{label} must be {longest:,} characters or fewer"
    checks = [DataRequired(needed), Length(max=longest, message=too_long), *kwargs.pop("checks", [])]
    return StringField(label, widget=GovTextInput(), validators=checks, filters=[tidy], **kwargs)


def _area(label: str, needed: str, longest: int = LONGEST_TEXT, **kwargs: Any) -> TextAreaField:
    too_long = f"{label} must be {longest:,} characters or fewer"
    checks = [DataRequired(needed), Length(max=longest, message=too_long)]
    return TextAreaField(label, widget=GovTextArea(), validators=checks, filters=[tidy], **kwargs)


def _whole_number(lowest: int, highest: int, *, optional: bool = False) -> Callable[[Any, Any], None]:
    def validate(_form: Any, field: Any) -> None:
        typed = (field.data or "").strip()
        if optional and not typed:
            return
        number = whole_number(typed)
        if number is None or not lowest <= number <= highest:
            raise ValidationError(f"{field.label.text} must be a whole number from {lowest:,} to {highest:,}")

    return validate


class RoundForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """What every form here shares."""

    def refuse(self, field: str, message: str) -> None:
        """Show a message at a field, as if the form had found it."""
        self[field].errors = [*self[field].errors, message.rstrip(".")]


class NameForm(RoundForm):
    """Name and place."""

    name = _text("Name of the round", "Enter a name for the round", 100)
    place = _text("Place", "Enter the place it is for", 100)
    submit = SubmitField("Save and continue", widget=GovSubmitInput())


class DatesForm(RoundForm):
    """Opening and closing."""

    opens = MomentField("Voting opens", hint="For example, 1 3 2027 at 9am")
    closes = MomentField("Voting closes", hint="For example, 14 3 2027 at 5pm. At this very second voting is over.")
    reminder_days = StringField(
        "Days before the close to send a reminder",
        widget=GovTextInput(),
        validators=[_whole_number(1, 30, optional=True)],
    )
    extension_days = StringField(
        "Most days voting can be extended by, once, when it closes",
        widget=GovTextInput(),
        validators=[_whole_number(1, MOST_DAYS, optional=True)],
    )
    submit = SubmitField("Save and continue", widget=GovSubmitInput())


class AddPotsForm(RoundForm):
    """One more pot, or one for every ward of a borough."""

    where = SelectField("Who votes on it", widget=GovSelect(), validate_choice=True)
    amount = StringField("Amount for each pot", widget=GovTextInput(), validators=[checked(read_money)])
    submit = SubmitField("Add", widget=GovSubmitInput())


class PotForm(RoundForm):
    """A pot's name and amount."""

    name = _text("Name residents read", "Enter a name for the pot", 100)
    amount = StringField("Amount", widget=GovTextInput(), validators=[checked(read_money)])
    submit = SubmitField("Save and continue", widget=GovSubmitInput())


class BallotForm(RoundForm):
    """What a ballot looks like; once for the wards' pots, once for those of the whole area, under one token."""

    class Meta:
        """The page's own form carries the token."""

        csrf = False

    ballot_type = RadioField(
        "How residents vote",
        widget=GovRadioInput(),
        choices=_choices(BALLOT_CHOICES),
        validators=[InputRequired("Choose how residents vote")],
    )
    most_choices = StringField(
        "Most projects on one ballot", widget=GovTextInput(), validators=[_whole_number(1, 200, optional=True)]
    )
    most_points = StringField(
        "Points each resident can give", widget=GovTextInput(), validators=[_whole_number(1, 1000, optional=True)]
    )

    def validate_most_points(self, field: StringField) -> None:
        """Points need a number of them."""
        if self.ballot_type.data == "points" and not (field.data or "").strip():
            raise ValidationError("Enter how many points each resident can give")


class RuleForm(RoundForm):
    """The rule, ties, minimum support, what is not awarded. The choices of rule depend on the ballots."""

    rule = RadioField(
        "How votes are counted", widget=GovRadioInput(), validators=[InputRequired("Choose how votes are counted")]
    )
    ties = RadioField(
        "If projects tie",
        widget=GovRadioInput(),
        choices=[
            SelectChoice("id", "The reference that comes first in the alphabet"),
            SelectChoice("cheaper", "The cheaper project, then the reference"),
            SelectChoice("drawn", "Lots drawn in public after the count, if a tie decides money"),
            SelectChoice("lot", "A lot worked out from the words below, which are public before voting opens"),
        ],
        validators=[InputRequired("Choose what happens if projects tie")],
    )
    lot = StringField("Words for the lot", widget=GovTextInput(), validators=[Length(max=100)], filters=[tidy])
    minimum = StringField(
        "Least support a project needs", widget=GovTextInput(), validators=[_whole_number(0, 1_000_000)]
    )
    unawarded = _area("Money that no project gets", "Say what happens to money that no project gets", 500)
    submit = SubmitField("Save and continue", widget=GovSubmitInput())

    def validate_lot(self, field: StringField) -> None:
        """A lot needs its words."""
        if self.ties.data == "lot" and not (field.data or "").strip():
            raise ValidationError("Enter the words for the lot")


class VotersForm(RoundForm):
    """Who can vote, and how."""

    youngest_age = StringField("Youngest age", default="16", widget=GovTextInput(), validators=[_whole_number(0, 120)])
    oldest_age = StringField("Oldest age", widget=GovTextInput(), validators=[_whole_number(0, 120, optional=True)])
    assurance = RadioField(
        "How residents show that they can vote",
        widget=GovRadioInput(),
        choices=_choices(ASSURANCE_CHOICES),
        validators=[InputRequired("Choose how residents show that they can vote")],
    )
    codes_per_address = StringField(
        "Codes for each address", widget=GovTextInput(), validators=[_whole_number(1, 20, optional=True)]
    )
    contact_point = RadioField(
        "One ballot for each",
        widget=GovRadioInput(),
        choices=[
            SelectChoice("none", "Browser: the simplest, and the easiest to get round"),
            SelectChoice("email", "E-mail address, confirmed by a link"),
        ],
    )
    channels = SelectMultipleField(
        "Ways to vote",
        widget=GovCheckboxesInput(),
        choices=_choices(CHANNEL_CHOICES),
        validators=[InputRequired("Choose at least one way to vote")],
    )
    submit = SubmitField("Save and continue", widget=GovSubmitInput())

    def validate_oldest_age(self, field: StringField) -> None:
        """The oldest is not younger than the youngest."""
        youngest, oldest = (whole_number(each.data or "") for each in (self.youngest_age, field))
        if youngest is not None and oldest is not None and oldest < youngest:
            raise ValidationError("The oldest age must be the youngest age or more")


class AnnulForm(RoundForm):
    """The challenge period and the rule for annulling."""

    challenge_days = StringField(
        "Days to challenge the result", widget=GovTextInput(), validators=[_whole_number(1, 90)]
    )
    annul_rule = _area("When the vote is annulled and repeated", "Say when the vote is annulled and repeated")
    submit = SubmitField("Save and continue", widget=GovSubmitInput())


class QuestionsForm(RoundForm):
    """What voters are asked about themselves once their vote is recorded."""

    asked = SelectMultipleField(
        "Which questions",
        widget=GovCheckboxesInput(),
        choices=[SelectChoice(name, SHORT_NAMES[name]) for name in STANDARD],
    )
    own_title = StringField("A question of your own", widget=GovTextInput(), validators=[Length(max=LONGEST_LABEL)])
    own_answers = TextAreaField("Its answers", widget=GovTextArea())
    submit = SubmitField("Save and continue", widget=GovSubmitInput())


class QuorumForm(RoundForm):
    """How many must take part for a contest to have its quorum."""

    votes = StringField(
        "Fewest votes in each contest", widget=GovTextInput(), validators=[_whole_number(1, MOST_VOTES_NEEDED)]
    )
    share = StringField("Share of residents, in per cent", widget=GovTextInput())
    submit = SubmitField("Save and continue", widget=GovSubmitInput())

    def validate_share(self, field: StringField) -> None:
        """From 0 to 50, with one decimal at most."""
        if per_thousand(field.data or "") is None:
            raise ValidationError("Share of residents must be a number from 0 to 50, such as 2 or 2.5")


def per_thousand(typed: str) -> int | None:
    """A percentage with at most one decimal as thousandths: `2.5` or `2.5%` is 25; None for anything else."""
    whole, _, tenth = typed.strip().removesuffix("%").strip().partition(".")
    wholes, tenths = whole_number(whole), whole_number(tenth) if tenth else 0
    if wholes is None or tenths is None or len(tenth) > 1 or wholes * 10 + tenths > MOST_PER_THOUSAND:
        return None
    return wholes * 10 + tenths


class PublishForm(RoundForm):
    """Ballots or totals."""

    publish = RadioField(
        "What is published",
        widget=GovRadioInput(),
        choices=[
            SelectChoice("totals", "Totals for each project"),
            SelectChoice("ballots", "A file of every ballot, without names, in random order"),
        ],
        validators=[InputRequired("Choose what is published")],
    )
    publish_reason = _area("Reason", "Give the reason", 500)
    submit = SubmitField("Save and continue", widget=GovSubmitInput())


class DocumentsForm(RoundForm):
    """Where the papers are that must exist before residents are asked anything."""

    privacy = _text("Privacy notice", "Say where the privacy notice is", 300)
    accessibility = _text("Accessibility statement", "Say where the accessibility statement is", 300)
    dpia = _text("DPIA reference", "Enter the reference of the DPIA", 300)
    submit = SubmitField("Save and continue", widget=GovSubmitInput())


class WitnessesForm(RoundForm):
    """Up to six people outside the project; a row left empty is no witness."""

    submit = SubmitField("Save and continue", widget=GovSubmitInput())

    def validate(self, extra_validators: object = None) -> bool:
        """Each row has both a role and an address, or neither; no address twice."""
        fits = bool(super().validate(extra_validators))
        seen: set[str] = set()
        for number in range(1, MOST_WITNESSES + 1):
            role, email = self[f"role_{number}"], self[f"email_{number}"]
            for field, problem in ((role, _role_problem(role, email)), (email, _email_problem(role, email, seen))):
                if problem:
                    field.errors = [problem]
                    fits = False
            seen.add((email.data or "").strip().lower())
        return fits

    def witnesses(self) -> list[dict[str, str]]:
        """The rows that are filled in."""
        rows = ((self[f"role_{number}"].data, self[f"email_{number}"].data) for number in range(1, MOST_WITNESSES + 1))
        return [
            {"role": role.strip(), "email": usable_address(email.strip())} for role, email in rows if role and email
        ]


def _role_problem(role: StringField, email: StringField) -> str:
    typed = (role.data or "").strip()
    if len(typed) > 80:
        return "The role must be 80 characters or fewer"
    return "Enter the role of this witness" if (email.data or "").strip() and not typed else ""


def _email_problem(role: StringField, email: StringField, seen: set[str]) -> str:
    typed = (email.data or "").strip()
    if not typed:
        return "Enter the e-mail address of this witness" if (role.data or "").strip() else ""
    if typed.lower() in seen:
        return "This address stands above already"
    try:
        usable_address(typed)
    except BadInput as error:
        return str(error).rstrip(".")
    return ""


for _number in range(1, MOST_WITNESSES + 1):
    _role = StringField(f"Role of witness {_number}", widget=GovTextInput(), filters=[tidy])
    setattr(WitnessesForm, f"role_{_number}", _role)
    setattr(WitnessesForm, f"email_{_number}", StringField(f"E-mail of witness {_number}", widget=GovTextInput()))


class PassphraseForm(RoundForm):
    """What locks an officer's copy of the keys."""

    passphrase = PasswordField(
        "Passphrase", widget=GovPasswordInput(), validators=[InputRequired("Enter a passphrase")]
    )
    again = PasswordField(
        "Passphrase again", widget=GovPasswordInput(), validators=[InputRequired("Enter the passphrase again")]
    )
    submit = SubmitField("Download my locked copy", widget=GovSubmitInput())

    def validate_again(self, field: PasswordField) -> None:
        """A passphrase with a slip in it would lock the copy for good."""
        if field.data != self.passphrase.data:
            raise ValidationError("The two passphrases are not the same")


class ReasonForm(RoundForm):
    """An act that needs nothing but a reason."""

    reason = _area("Reason, as residents read it", "Enter the reason", 500)
    submit = SubmitField("Ask another officer to approve", widget=GovSubmitInput())


class WithdrawForm(ReasonForm):
    """Which proposal goes."""

    proposal = SelectField("Proposal", widget=GovSelect(), coerce=int)


class CorrectForm(RoundForm):
    """A notice on the round's page."""

    text = _area("Notice, as residents read it", "Enter the notice", 1_000)
    submit = SubmitField("Ask another officer to approve", widget=GovSubmitInput())


class RefuseForm(RoundForm):
    """Why not."""

    reason = _area("Reason", "Enter the reason, so that the officer who asked knows what to change", 500)
    submit = SubmitField("Refuse", widget=GovSubmitInput())


class ButtonForm(RoundForm):
    """A button with its token and nothing to fill in."""

    submit = SubmitField("Continue", widget=GovSubmitInput())
