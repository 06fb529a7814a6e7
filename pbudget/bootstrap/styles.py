"""Takes out of govuk-frontend's style sheet what only GOV.UK may use: the GDS Transport font and the royal arms.

`a{font-family:GDS Transport,arial,sans-serif}` becomes `a{font-family:system-ui,...,arial,sans-serif}`;
every `@font-face{...}` goes; `url(/assets/images/govuk-crest.svg)` becomes `none`.
Source: https://design-system.service.gov.uk/styles/typeface/
"""

import re

from pbudget.bootstrap.stops import AssetsNotClean

SYSTEM_FONTS = 'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans"'

FONT_NOTICE = re.compile(r"/\*![^*]*Margaret Calvert[^*]*\*/")
FONT_FACE = re.compile(r"@font-face\s*\{[^}]*\}")
FONT_NAME = re.compile(r"""["']?GDS Transport["']?""")
ARMS = re.compile(r"url\([^)]*govuk-crest[^)]*\)")
SOURCE_MAP = re.compile(r"\s*(/\*|//)# sourceMappingURL=[^\s*]+(\s*\*/)?\s*$")

FORBIDDEN = {
    "an @font-face rule": re.compile(r"@font-face", re.IGNORECASE),
    "the GDS Transport font": re.compile(r"gds[-_ ]?transport", re.IGNORECASE),
    "the royal arms or the crown": re.compile(r"govuk-(crest|crown|icon)|favicon", re.IGNORECASE),
    "a file that is not here": re.compile(r"url\((?!\s*[\"']?data:)", re.IGNORECASE),
}


def council_styles(sheet: str) -> str:
    """The style sheet for a council: system fonts, no arms. Raises AssetsNotClean if anything is left."""
    for pattern, replacement in (
        (FONT_NOTICE, ""),
        (FONT_FACE, ""),
        (FONT_NAME, SYSTEM_FONTS),
        (ARMS, "none"),
    ):
        sheet = pattern.sub(replacement, sheet)
    sheet = without_source_map(sheet)
    refuse_what_is_left(sheet)
    return sheet


def without_source_map(text: str) -> str:
    """The file without its last line's pointer to a map that is not served."""
    return SOURCE_MAP.sub("\n", text)


def refuse_what_is_left(sheet: str) -> None:
    """Raise AssetsNotClean when the style sheet still holds something that only GOV.UK may use."""
    for name, pattern in FORBIDDEN.items():
        found = pattern.search(sheet)
        if found:
            around = sheet[max(0, found.start() - 30) : found.end() + 30].strip()
            raise AssetsNotClean(
                f"The style sheet of govuk-frontend still holds {name} (“{around}”). "
                "Teach pbudget/bootstrap/styles.py to take it out, or go back to the version in package-lock.json."
            )
