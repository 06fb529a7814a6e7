"""`pbudget guard FILE.pb --baseline FILE`: look at a past vote the way the guard looks at a live one."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pbudget.guard.residents import Residents, open_to, read_residents
from pbudget.kit.errors import BadInput

if TYPE_CHECKING:
    from pbudget.guard.past_votes import Looked

AGES = re.compile(r"(\d{1,3})(?:\+|-(\d{1,3}))")


@click.command()
@click.argument("file", metavar="FILE.pb")
@click.option("--baseline", metavar="FILE", help="Residents: a CSV as in docs/wards.md, or shares as JSON.")
@click.option("--ward", default="", metavar="CODE", help="Which ward of the CSV, by its code.")
@click.option("--ages", metavar="16+", help="The ages the vote was open to: 16+ or 11-25.")
@click.option("--encoding", default="utf-8", show_default=True, help="For files in another encoding, such as cp1250.")
@click.option("--called", default="", metavar="TEXT", help="What the report calls the people of the baseline.")
@click.option("--keep", is_flag=True, help="Also load the vote into the database and put this report on its page.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print the full report as JSON: officers only, small counts shown."
)
def guard(
    file: str, baseline: str | None, ward: str, ages: str | None, encoding: str, called: str, keep: bool, as_json: bool
) -> None:
    """Say whether one section of the community may have decided a past vote. Without --keep nothing is stored.

    A file that cannot be read ends with exit status 2 and one line saying where and why.
    """
    from pbudget.guard.past_votes import look_at
    from pbudget.tally.pabulib import read

    residents = _residents(baseline, ward, ages, called)
    kept = _kept(file, residents, encoding) if keep else ""
    looked = look_at(read(file, keep_voters=True, encoding=encoding), residents)
    _say(looked, as_json=as_json)
    if kept:
        click.echo(kept, err=as_json)


def _say(looked: "Looked", *, as_json: bool) -> None:
    if as_json:
        for caution in looked.cautions:
            click.echo(f"pbudget: {caution}", err=True)
        click.echo(json.dumps(looked.as_object(), ensure_ascii=False, indent=2))
        return
    from pbudget.guard.printed import printed

    click.echo(printed(looked.document()))


def _kept(file: str, residents: Residents | None, encoding: str) -> str:
    """Load the vote and keep its report; says where to read it."""
    if residents is None:
        raise BadInput("--keep needs --baseline FILE: a report on a page says whom the voters are compared with.")
    if encoding.lower().replace("-", "") != "utf8":
        raise BadInput(f"--keep takes files in UTF-8. Convert it first: iconv -f {encoding} -t utf-8 {Path(file).name}")
    from sqlalchemy.exc import DBAPIError

    from app import create_app
    from pbudget.guard.reporting import keep_past_vote

    with create_app().app_context():
        try:
            round_slug, pot_slug = keep_past_vote(Path(file), residents)
        except DBAPIError as error:
            raise BadInput("The database cannot be used, so nothing was kept. Run `pbudget migrate` first.") from error
    return f"\nKept. Read it at /rounds/{round_slug}/{pot_slug}/who-took-part"


def _residents(baseline: str | None, ward: str, ages: str | None, called: str) -> Residents | None:
    if baseline is None:
        given = "--ward" if ward else "--ages" if ages else "--called" if called else ""
        if given:
            raise BadInput(f"{given} needs --baseline FILE.")
        return None
    residents = read_residents(_bytes_of(Path(baseline)), Path(baseline).name, ward)
    residents = replace(residents, name=called.strip()) if called.strip() else residents
    return open_to(residents, *_ages(ages)) if ages else residents


def _ages(text: str) -> tuple[int, int]:
    match = AGES.fullmatch(text.strip())
    low, high = (int(match[1]), int(match[2] or 200)) if match else (1, 0)
    if low > high:
        raise BadInput(f"--ages {text} is not a range of ages. Write 16+ or 11-25.")
    return low, high


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except IsADirectoryError:
        raise BadInput(f"{path.name}: this is a folder, not a file of population figures.") from None
    except FileNotFoundError:
        raise BadInput(f"{path.name}: there is no such file.") from None
    except OSError as error:
        raise BadInput(f"{path.name}: the file cannot be read ({error.strerror or error}).") from None
