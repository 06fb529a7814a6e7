"""The council's dress: every shade on the site is worked out from the one colour in the settings.

`palette("#0b4f6c")` gives the colour itself for the header, a darker one for links under the pointer, and pale ones
for surfaces and their borders. Whatever colour the settings accept (4.5:1 on white), links keep 4.5:1 on the palest
surface too, because a colour that would not is darkened until it does.
"""

from pbudget.config import contrast_with_white

WHITE = "#ffffff"
BLACK = "#000000"
READABLE = 4.5
"""WCAG 2.2 AA for text of any size."""
DARKENING_STEP = 0.04


def contrast(darker: str, paler: str) -> float:
    """Contrast ratio of two colours, 1 to 21. White cancels out: (1.05 / d) / (1.05 / p) = p / d."""
    return contrast_with_white(darker) / contrast_with_white(paler)


def mix(colour: str, other: str, share: float) -> str:
    """A colour with a share (0 to 1) of another in it: `mix("#000000", "#ffffff", 0.5)` is `#808080`."""
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in zip(_rgb(colour), _rgb(other), strict=True))


def _rgb(colour: str) -> tuple[int, int, int]:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return red, green, blue


def darkened_for(colour: str, surface: str, ratio: float = READABLE) -> str:
    """The colour, or the first darker shade of it that can be read on the surface."""
    shade, share = colour, 0.0
    while contrast(shade, surface) < ratio and share < 1:
        share = min(1.0, share + DARKENING_STEP)
        shade = mix(colour, BLACK, share)
    return shade


def palette(colour: str) -> dict[str, str]:
    """The custom properties that GOV.UK Frontend and site.css read, and their colours as `#rrggbb`."""
    surface = mix(colour, WHITE, 0.94)
    return {
        "--govuk-brand-colour": colour,
        "--govuk-link-colour": darkened_for(colour, surface),
        "--govuk-link-hover-colour": mix(colour, BLACK, 0.5),
        "--govuk-surface-background-colour": surface,
        "--govuk-surface-border-colour": mix(colour, WHITE, 0.6),
        "--govuk-template-background-colour": surface,
        "--council-tint": mix(colour, WHITE, 0.82),
    }


def brand_stylesheet(colour: str) -> str:
    """The palette as a style sheet of its own: the security policy allows no inline style."""
    rules = "".join(f"  {name}: {value};\n" for name, value in palette(colour).items())
    return f":root {{\n{rules}}}\n"


def brand_mark(colour: str) -> str:
    """The site's small square mark, three rising bars on the council's colour, as SVG."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
        f'<rect width="32" height="32" rx="4" fill="{colour}"/>'
        f'<path d="M7 18h4v8H7zm7-5h4v13h-4zm7-7h4v20h-4z" fill="{WHITE}"/></svg>\n'
    )
