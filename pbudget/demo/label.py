"""The label of a demonstration, in the instance folder: the strip on every screen, and which boroughs belong to it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pbudget.web.layout import DEMO_CODES, DEMO_NOTICE, read_demo_notice

DEMO_BOROUGHS = "demo-boroughs.txt"
ASHMERE_NOTICE = (
    "Ashmere is not a real place. Its wards, residents, ideas and votes are made up to show how this service works. "
    "To try a postcode, use AL91 1AA."
)
REAL_NOTICE = (
    "Real wards, residents and past elections, shown to try out this service. None of the elections was held here. "
    "Contains Ordnance Survey, Office of National Statistics data © Crown copyright and database right. "
    "Licensed under the Open Government Licence v3.0. Elections: Pabulib (pabulib.org)."
)


def is_labelled(instance: Path) -> bool:
    """Whether every screen says that this is a demonstration."""
    return bool(read_demo_notice(instance))


def put_label(instance: Path, notice: str, boroughs: Sequence[str]) -> None:
    """Put the notice on every screen and note the slugs of the boroughs that were loaded; no notice takes both off."""
    if not notice:
        for name in (DEMO_NOTICE, DEMO_BOROUGHS, DEMO_CODES):
            (instance / name).unlink(missing_ok=True)
        return
    _replace(instance / DEMO_BOROUGHS, "".join(f"{slug}\n" for slug in boroughs))
    _replace(instance / DEMO_NOTICE, notice + "\n")


@contextmanager
def label_put_back_on_error(instance: Path) -> Iterator[None]:
    """Leave the label as it was before when the block fails."""
    before = read_demo_notice(instance), labelled_boroughs(instance)
    try:
        yield
    except BaseException:
        put_label(instance, *before)
        raise


def labelled_boroughs(instance: Path) -> list[str]:
    """The slugs of the boroughs the present demonstration loaded."""
    listed = instance / DEMO_BOROUGHS
    return listed.read_text(encoding="utf-8").split() if listed.is_file() else []


def _replace(path: Path, text: str) -> None:
    """Write a file so that a reader sees the old one or the new one, never a part."""
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)
