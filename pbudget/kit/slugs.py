"""Names as they stand in an address.

slug("Gdynia 2022: Chylonia | large") -> "gdynia-2022-chylonia-large"
slug("Łódź 2022")                     -> "lodz-2022"
"""

import re
import unicodedata

LETTERS_WITHOUT_A_BASE = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ß": "ss", "æ": "ae", "œ": "oe"})
LONGEST = 60


def slug(name: str) -> str:
    """Lower-case letters a-z, digits and single hyphens, at most 60 characters; `unnamed` when nothing is left."""
    lowered = name.lower().translate(LETTERS_WITHOUT_A_BASE).replace("'", "")
    plain = unicodedata.normalize("NFKD", lowered).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST].rstrip("-") or "unnamed"
