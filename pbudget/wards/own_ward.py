"""Where a resident says they live: a postcode, looked up and forgotten, or a ward from the list."""

from collections.abc import Collection

from pbudget.wards.queries import has_postcodes, ward_of_postcode
from pbudget.wards.rules.postcodes import NotAPostcode, normalise, spaced


def ward_code_given(typed: str, chosen: str, codes: Collection[str], elsewhere: str) -> str:
    """The code of the ward that was chosen or that the postcode lies in; BadInput in the words the resident reads.

    `elsewhere` is said of a postcode in a ward that is not among the codes.
    """
    typed = typed.strip()
    if chosen in codes and not typed:
        return chosen
    if not typed:
        raise NotAPostcode("Enter your postcode or choose your ward" if has_postcodes() else "Choose your ward")
    postcode = normalise(typed)
    code = ward_of_postcode(postcode)
    if code and code in codes:
        return code
    where = elsewhere if code else "is not in our list"
    raise NotAPostcode(f"{spaced(postcode)} {where}. Check it, or choose your ward from the list")
