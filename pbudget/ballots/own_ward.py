"""The ward in which a resident votes, as they say it."""

from flask import request

from pbudget.ballots.queries import WardView
from pbudget.wards.forms import WardForm
from pbudget.wards.own_ward import ward_code_given


def ward_given(form: WardForm, wards: list[WardView]) -> WardView:
    """The ward that was chosen or that the postcode lies in; BadInput in the words the resident reads."""
    by_code = {ward.code: ward for ward in wards}
    elsewhere = "is in a ward that has no vote in this round"
    return by_code[ward_code_given(form.postcode.data or "", request.form.get("ward", ""), by_code, elsewhere)]
