"""The eight wards of Ashmere: what they are called, who lives there, where they lie. None of it exists."""

import random
from dataclasses import dataclass

BOROUGH = "Ashmere"
PLACE = "Ashmere (fictional)"


def stream(of: str) -> random.Random:
    """A stream of numbers for one part of Ashmere, the same every time: the borough is made, not drawn by lot."""
    return random.Random(f"Ashmere, {of}")  # noqa: S311 - nothing here is secret


@dataclass(frozen=True)
class MadeUpWard:
    """One ward. `corners` name points of the map (`shapes.POINTS`) around it, in order.

    `turnout` is how many ballots came in 2025 and 2026. `places` are what its ideas are about: park, school, hall,
    street, estate and path.
    """

    code: str
    name: str
    corners: str
    residents: int
    ages: str
    origins: str
    turnout: tuple[int, int]
    places: dict[str, str]


def _places(park: str, school: str, hall: str, street: str, estate: str, path: str) -> dict[str, str]:
    return {"park": park, "school": school, "hall": hall, "street": street, "estate": estate, "path": path}


WATERSIDE = ("X99000003", "X99000008")
"""Two wards that are looked at together."""
WARDS = (
    MadeUpWard(
        "X99000001",
        "Foundry",
        "r2 r3 c b",
        8_930,
        "young",
        "mixed",
        (96, 182),
        _places(
            "Furnace Park",
            "Foundry Primary School",
            "the Casting Shed",
            "Anvil Street",
            "the Crucible estate",
            "the Tramway Path",
        ),
    ),
    MadeUpWard(
        "X99000002",
        "Hilltop",
        "W r1 a n1 NW",
        6_870,
        "older",
        "less mixed",
        (476, 531),
        _places(
            "Beacon Park",
            "Hilltop Primary School",
            "Beacon Hall",
            "Upper Ash Road",
            "the Skylark estate",
            "the Ridge Path",
        ),
    ),
    MadeUpWard(
        "X99000003",
        "Lockside",
        "r2 r3 E SE s2 e",
        8_310,
        "young",
        "mixed",
        (268, 346),
        _places(
            "Basin Park",
            "Lockside Primary School",
            "the Pump House",
            "Towpath Parade",
            "Narrowboat Wharf",
            "the towpath",
        ),
    ),
    MadeUpWard(
        "X99000004",
        "Market",
        "r1 r2 b a",
        7_760,
        "young",
        "very mixed",
        (312, 405),
        _places(
            "Cloth Square Gardens",
            "Corn Street Primary School",
            "the Butter Market",
            "Corn Street",
            "Weavers Court",
            "Mill Passage",
        ),
    ),
    MadeUpWard(
        "X99000005",
        "Meadows",
        "W SW s1 s2 e d r1",
        11_240,
        "families",
        "less mixed",
        (618, 688),
        _places(
            "Buttercup Park",
            "Long Meadow Primary School",
            "the Meadows Centre",
            "Haymaker Road",
            "the Clover estate",
            "the Brook Path",
        ),
    ),
    MadeUpWard(
        "X99000006",
        "Northgate",
        "a b n2 n1",
        10_180,
        "families",
        "very mixed",
        (384, 457),
        _places(
            "Northgate Park",
            "Northgate Primary School",
            "the Gatehouse Centre",
            "North Street",
            "the Drovers estate",
            "the Old Wall Walk",
        ),
    ),
    MadeUpWard(
        "X99000007",
        "Orchard",
        "r3 E n3 n2 b c",
        6_120,
        "older",
        "less mixed",
        (523, 574),
        _places(
            "Pippin Park",
            "Orchard Primary School",
            "the Cider Barn",
            "Blossom Avenue",
            "the Russet estate",
            "Apple Tree Lane",
        ),
    ),
    MadeUpWard(
        "X99000008",
        "Riverside",
        "r1 r2 e d",
        9_420,
        "families",
        "mixed",
        (441, 503),
        _places(
            "Weir Park",
            "Riverside Primary School",
            "the Boathouse",
            "Quay Street",
            "the Osier estate",
            "the Riverside Walk",
        ),
    ),
)

HELP_PHONE, HELP_HOURS = "01632 960 500", "Monday to Friday, 9am to 5pm; a made-up number"
HUBS = (
    (
        "Foundry library",
        "2 Anvil Street, Ashmere AL91 1AB",
        "Monday to Saturday, 9am to 6pm",
        "Level entrance, hearing loop",
        "X99000001",
    ),
    (
        "Hilltop community centre",
        "Beacon Road, Ashmere AL92 2AB",
        "Monday to Friday, 10am to 4pm",
        "Level entrance",
        "X99000002",
    ),
    (
        "Ashmere town hall",
        "Market Square, Ashmere AL91 3AB",
        "Monday to Friday, 9am to 5pm",
        "Level entrance, hearing loop, lift",
        "X99000004",
    ),
)
"""Name, address, opening hours, access, ward: as made up as everything else here."""


def cluster_of(code: str) -> str:
    """The name under which the guard looks at this ward with another one; empty for most."""
    return "The waterside" if code in WATERSIDE else ""
