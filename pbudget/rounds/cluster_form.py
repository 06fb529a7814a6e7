"""The form of a cluster: a name, and the wards that are looked at together."""

from collections.abc import Iterable

from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovSubmitInput, GovTextInput
from wtforms import SelectMultipleField, StringField, SubmitField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from pbudget.balance.clusters import FEWEST_WARDS
from pbudget.kit.texts import tidy
from pbudget.rounds.forms import RoundForm
from pbudget.rounds.queries import PotView

LONGEST_NAME = 80


class ClusterForm(RoundForm):
    """Wards to look at together; a ward that another officer joined elsewhere meanwhile is refused in words."""

    name = StringField(
        "Name of the wards together",
        widget=GovTextInput(),
        validators=[
            DataRequired("Enter a name for these wards together"),
            Length(max=LONGEST_NAME, message=f"Name must be {LONGEST_NAME} characters or fewer"),
        ],
        filters=[tidy],
    )
    wards = SelectMultipleField("Wards", widget=GovCheckboxesInput(), validate_choice=False)
    submit = SubmitField("Save", widget=GovSubmitInput())

    def offer(self, pots: Iterable[PotView], cluster: str = "") -> bool:
        """Offer the wards that are in no cluster, or in this one; whether there are enough to join."""
        free = [pot for pot in pots if pot.ward_id is not None and pot.cluster in ("", cluster)]
        self.wards.choices = [SelectChoice(pot.slug, pot.name) for pot in free]
        return len(free) >= FEWEST_WARDS

    def validate_wards(self, field: SelectMultipleField) -> None:
        """Two or more, and each of them free."""
        if set(field.data or ()) - {choice.value for choice in field.choices}:
            raise ValidationError("A ward you chose is looked at with others, or is not in this round. Look again")
        if len(set(field.data or ())) < FEWEST_WARDS:
            raise ValidationError("Choose two or more wards")
