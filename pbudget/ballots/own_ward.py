"""Where a resident says they live: a postcode, looked up and forgotten, or a ward from the list."""

from flask import request

from pbudget.ballots.forms import WardForm
from pbudget.ballots.queries import WardView
from pbudget.wards.queries import has_postcodes, ward_of_postcode
from pbudget.wards.rules.postcodes import NotAPostcode, normalise, spaced


def ward_given(form: WardForm, wards: list[WardView]) -> WardView:
    """The ward that was chosen or that the postcode lies in; BadInput in the words the resident reads."""
    by_code = {ward.code: ward for ward in wards}
    chosen, typed = request.form.get("ward", ""), (form.postcode.data or "").strip()
    if chosen in by_code and not typed:
        return by_code[chosen]
    if not typed:
        raise NotAPostcode("Enter your postcode or choose your ward" if has_postcodes() else "Choose your ward")
    postcode = normalise(typed)
    code = ward_of_postcode(postcode)
    if code in by_code:
        return by_code[code]
    where = "is in a ward that has no vote in this round" if code else "is not in our list"
    raise NotAPostcode(f"{spaced(postcode)} {where}. Check it, or choose your ward from the list")
