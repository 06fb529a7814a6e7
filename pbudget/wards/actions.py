"""Acts of the wards room: load boundaries, population figures, postcodes. Each happens whole or not at all."""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlite_utils
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session, joinedload, undefer

from pbudget.db import db, transaction
from pbudget.kit.clock import LONDON, Clock
from pbudget.kit.errors import BadInput
from pbudget.wards.models import Baseline, BaselineCount, Borough, Postcode, Ward
from pbudget.wards.queries import known_wards
from pbudget.wards.rules.atlas import map_version
from pbudget.wards.rules.baselines import BaselineReport, Figure
from pbudget.wards.rules.boundaries import BoundaryFile, WardBoundary, attribution, pack
from pbudget.wards.rules.names import slug_of, tidy
from pbudget.wards.rules.postcodes import (
    DirectoryColumns,
    DirectoryRow,
    NotAPostcode,
    directory_columns,
    directory_row,
    normalise,
)
from pbudget.wards.rules.tables import FileNotUsable, refuse_other_files

ROWS_AT_ONCE = 1000


class WardNotUsable(BadInput):
    """A ward of the file is unknown or belongs to another borough; the message names it and says what to do."""


class BaselineNotUsable(BadInput):
    """The figures have problems; the person sees each of them and that nothing was loaded."""


@dataclass(frozen=True)
class BoundariesImported:
    """What an import of boundaries changed, by ward codes."""

    slug: str
    borough: str
    added: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    left_out: tuple[str, ...]
    """Wards of the borough that the file does not hold: they are no longer on the map."""


@dataclass(frozen=True)
class BaselineLoaded:
    """What loading population figures changed."""

    slug: str
    borough: str
    version: str
    wards: int
    rows: int
    new_wards: tuple[str, ...]
    left_out: tuple[str, ...]
    """Wards of the borough that the file does not hold: they have no figures now."""
    added: int
    changed: int
    removed: int


def import_boundaries(file: BoundaryFile, name: str, *, source: str = "", demo: bool = False) -> BoundariesImported:
    """Make the file the map of a borough, creating the borough and its wards if they are new."""
    with transaction() as session:
        borough = _borough(session, name, demo=demo)
        wards = _wards_of(session, borough)
        _refuse_foreign(session, borough, [ward.code for ward in file.wards])
        added = [_add_ward(session, borough, found) for found in file.wards if found.code not in wards]
        changed = [found.code for found in file.wards if found.code in wards and _redraw(wards[found.code], found)]
        left_out = sorted(set(wards) - {found.code for found in file.wards})
        for code in left_out:
            wards[code].boundary = None
        borough.boundaries_source = source or attribution(file.year)
        _refresh_map(session, borough)
        unchanged = tuple(code for code in wards if code not in (*changed, *left_out))
        return BoundariesImported(borough.slug, borough.name, tuple(added), tuple(changed), unchanged, tuple(left_out))


def _borough(session: Session, name: str, *, demo: bool) -> Borough:
    """The borough of that name, made if it is new. Names that make the same address are the same borough."""
    slug = slug_of(name)
    borough = session.scalar(select(Borough).where(Borough.slug == slug))
    if borough is None:
        borough = Borough(slug=slug, name=tidy(name), is_demo=demo)
        session.add(borough)
        session.flush()
    if borough.is_demo != demo:
        kind = (
            "a demo borough, so it takes only made-up wards" if borough.is_demo else "real, so it takes no demo wards"
        )
        raise WardNotUsable(f"{borough.name} is {kind}. Give this borough another name.")
    return borough


def _wards_of(session: Session, borough: Borough) -> dict[str, Ward]:
    wards = select(Ward).where(Ward.borough_id == borough.id).options(undefer(Ward.boundary)).order_by(Ward.name)
    return {ward.code: ward for ward in session.scalars(wards)}


def _refuse_foreign(session: Session, borough: Borough, codes: Sequence[str]) -> None:
    """Refuse wards that another borough has already: a ward lies in one borough."""
    taken = session.execute(
        select(Ward.code, Ward.name, Borough.name)
        .join(Borough)
        .where(Ward.code.in_(codes), Ward.borough_id != borough.id)
        .order_by(Ward.code)
    ).first()
    if taken:
        raise WardNotUsable(f"Ward {taken[0]} {taken[1]} already belongs to {taken[2]}. Use that borough's name.")


def _add_ward(session: Session, borough: Borough, found: WardBoundary) -> str:
    session.add(Ward(code=found.code, name=found.name, borough_id=borough.id, boundary=pack(found.shape)))
    return found.code


def _redraw(ward: Ward, found: WardBoundary) -> bool:
    """Give a known ward the name and boundary of the file; whether that changed anything."""
    boundary = pack(found.shape)
    if (ward.name, ward.boundary) == (found.name, boundary):
        return False
    ward.name, ward.boundary = found.name, boundary
    return True


def _refresh_map(session: Session, borough: Borough) -> None:
    session.flush()
    borough.map_version = map_version(known_wards(borough.id))


def load_baseline(report: BaselineReport, clock: Clock, *, name: str = "", demo: bool = False) -> BaselineLoaded:
    """Make the figures of a checked file the ones its borough uses. Earlier ones are kept, for reports that used them.

    Without a borough's name every ward must be known already. Raises BaselineNotUsable or WardNotUsable.
    """
    if not report.usable:
        raise BaselineNotUsable(f"The file has {len(report.problems):,} problems; nothing was loaded.")
    with transaction() as session:
        borough = _borough(session, name, demo=demo) if name else _borough_of(session, report.wards)
        _refuse_foreign(session, borough, report.wards)
        new_wards = _name_wards(session, borough, report.figures)
        before = _current_counts(session, borough)
        baseline = _make_current(session, borough, report, clock)
        after = {(f.ward_code, f.dimension, f.group): f.count for f in report.figures}
        _refresh_map(session, borough)
        return BaselineLoaded(
            slug=borough.slug,
            borough=borough.name,
            version=baseline.version,
            wards=len(report.wards),
            rows=len(report.figures),
            new_wards=new_wards,
            left_out=tuple(sorted(set(_wards_of(session, borough)) - set(report.wards))),
            added=len(after.keys() - before.keys()),
            changed=sum(before[key] != after[key] for key in after.keys() & before.keys()),
            removed=len(before.keys() - after.keys()),
        )


def _borough_of(session: Session, codes: Sequence[str]) -> Borough:
    """The one borough that all these wards belong to."""
    wards = session.scalars(select(Ward).where(Ward.code.in_(codes)).options(joinedload(Ward.borough)))
    known = {ward.code: ward.borough for ward in wards}
    unknown = [code for code in codes if code not in known]
    if unknown:
        which = "None of the wards" if len(unknown) == len(codes) else f"Ward {unknown[0]}"
        raise WardNotUsable(
            f"{which} of the file is known. Load the boundaries first, or name the borough (--borough)."
        )
    boroughs = sorted({borough.name for borough in known.values()})
    if len(boroughs) > 1:
        raise WardNotUsable(f"The file holds wards of {' and '.join(boroughs[:2])}. Load one borough at a time.")
    return known[codes[0]]


def _name_wards(session: Session, borough: Borough, figures: Sequence[Figure]) -> tuple[str, ...]:
    """Make the wards that are new; a ward without a boundary takes its name from the figures."""
    wards = _wards_of(session, borough)
    names = {figure.ward_code: figure.ward_name for figure in figures}
    for code, name in names.items():
        if code in wards and name and wards[code].boundary is None:
            wards[code].name = name
    new = tuple(code for code in names if code not in wards)
    session.add_all(Ward(code=code, name=names[code] or code, borough_id=borough.id) for code in new)
    session.flush()
    return new


def _current_counts(session: Session, borough: Borough) -> dict[tuple[str, str, str], int]:
    rows = session.execute(
        select(Ward.code, BaselineCount.dimension, BaselineCount.group, BaselineCount.count)
        .join(Ward, Ward.id == BaselineCount.ward_id)
        .join(Baseline)
        .where(Baseline.borough_id == borough.id, Baseline.is_current)
    )
    return {(code, dimension, group): count for code, dimension, group, count in rows}


def _make_current(session: Session, borough: Borough, report: BaselineReport, clock: Clock) -> Baseline:
    session.execute(update(Baseline).where(Baseline.borough_id == borough.id).values(is_current=False))
    same = select(Baseline).where(Baseline.borough_id == borough.id, Baseline.version == report.version)
    baseline = session.scalar(same)
    if baseline is None:
        today = clock.now().astimezone(LONDON).date()
        baseline = Baseline(borough_id=borough.id, version=report.version, loaded_on=today, is_current=False)
        session.add(baseline)
        session.flush()
        _add_counts(session, borough, baseline, report.figures)
    session.refresh(baseline)
    baseline.is_current = True
    return baseline


def _add_counts(session: Session, borough: Borough, baseline: Baseline, figures: Sequence[Figure]) -> None:
    ids = {code: ward.id for code, ward in _wards_of(session, borough).items()}
    rows = [_count_row(baseline.id, ids[figure.ward_code], place, figure) for place, figure in enumerate(figures)]
    for start in range(0, len(rows), ROWS_AT_ONCE):
        session.execute(insert(BaselineCount), rows[start : start + ROWS_AT_ONCE])


def _count_row(baseline_id: int, ward_id: int, position: int, figure: Figure) -> dict[str, object]:
    return {
        "baseline_id": baseline_id,
        "ward_id": ward_id,
        "position": position,
        "dimension": figure.dimension,
        "group": figure.group,
        "count": figure.count,
        "source": figure.source,
        "date": figure.date,
        "population_base": figure.base,
    }


@dataclass(frozen=True)
class PostcodesImported:
    """What a postcode directory held and how much of it is kept."""

    read: int
    kept: int
    ended: int
    elsewhere: int
    unreadable: int
    wards: int
    boroughs: tuple[str, ...]


def import_postcodes(path: Path, progress: Callable[[int], None] = lambda done: None) -> PostcodesImported:
    """Keep the postcodes of our wards from a directory of any size; they replace those of the boroughs it covers.

    The file is read into a temporary SQLite file before anything is written, so that reading 2.7 million rows holds
    up nobody. `progress` is told how many bytes were read since it was last called.
    """
    ids = dict(db.session.execute(select(Ward.code, Ward.id)).all())
    db.session.rollback()  # ends the read: it must not stay open while a long file is read
    if not ids:
        raise WardNotUsable("There are no wards yet. Load boundaries or population figures first.")
    with TemporaryDirectory(prefix="pbudget-postcodes-") as folder:
        spool = sqlite_utils.Database(Path(folder) / "postcodes.db")
        tally: Counter[str] = Counter()
        rows = _our_postcodes(path, frozenset(ids), tally, progress)
        spool.table("postcode").insert_all(rows, pk="postcode", batch_size=ROWS_AT_ONCE, replace=True)
        if not tally["kept"]:
            raise WardNotUsable(_why_none_kept(path, tally))
        boroughs = _replace_postcodes(spool, ids, path.stem)
        (kept, wards) = next(spool.execute("select count(*), count(distinct ward_code) from postcode"))
        spool.close()
    return PostcodesImported(
        tally["read"], kept, tally["ended"], tally["elsewhere"], tally["unreadable"], wards, boroughs
    )


def _our_postcodes(
    path: Path, codes: frozenset[str], tally: Counter[str], progress: Callable[[int], None]
) -> Iterator[dict[str, str]]:
    """The postcodes in use of wards with these codes, everything else only counted."""
    with path.open("rb") as raw:
        refuse_other_files(raw.peek(64), "the directory's CSV file")
        if b"\0" in raw.peek(64):
            raise FileNotUsable(f"{path.name} is not plain text in UTF-8. Save or download it again as a CSV file.")
        text = io.TextIOWrapper(raw, encoding="utf-8-sig", errors="replace", newline="")
        reader = csv.reader(text)
        columns = directory_columns(_heading(reader))
        for row in _directory_rows(reader, columns, tally):
            if tally["read"] % 10_000 == 0:
                progress(raw.tell() - tally["bytes"])
                tally["bytes"] = raw.tell()
            kept = _kept(row, codes, tally)
            if kept:
                yield {"postcode": kept, "ward_code": row.ward_code}
        progress(raw.tell() - tally["bytes"])


def _heading(reader: Iterator[list[str]]) -> list[str]:
    try:
        return next(reader, [])
    except csv.Error as error:
        raise FileNotUsable(f"The heading row cannot be read ({error}). Download the file again.") from error


def _directory_rows(
    reader: Iterator[list[str]], columns: DirectoryColumns, tally: Counter[str]
) -> Iterator[DirectoryRow]:
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise FileNotUsable(
                f"Row {tally['read'] + 2} cannot be read ({error}). Download the file again."
            ) from error
        tally["read"] += 1
        row = directory_row(cells, columns)
        if row is None:
            tally["unreadable"] += 1
        else:
            yield row


def _kept(row: DirectoryRow, codes: frozenset[str], tally: Counter[str]) -> str | None:
    """The normalised postcode if it is in use in one of our wards; otherwise why not is counted."""
    if row.ward_code not in codes:
        tally["elsewhere"] += 1
        return None
    if row.has_ended:
        tally["ended"] += 1
        return None
    try:
        postcode = normalise(row.postcode)
    except NotAPostcode:
        tally["unreadable"] += 1
        return None
    tally["kept"] += 1
    return postcode


def _why_none_kept(path: Path, tally: Counter[str]) -> str:
    if tally["ended"]:
        return f"All {tally['ended']:,} postcodes of your wards in {path.name} have ended. Use a newer directory."
    return (
        f"None of the {tally['read']:,} postcodes in {path.name} lies in a ward of this service. "
        "A directory uses the ward codes of its year: use the one of your wards' year."
    )


def _replace_postcodes(spool: sqlite_utils.Database, ids: Mapping[str, int], source: str) -> tuple[str, ...]:
    """Write the spooled rows in place of the earlier ones of the same boroughs; the names of these boroughs."""
    with transaction() as session:
        codes = [code for (code,) in spool.execute("select distinct ward_code from postcode")]
        boroughs = session.scalars(
            select(Borough)
            .where(Borough.id.in_(select(Ward.borough_id).where(Ward.code.in_(codes))))
            .order_by(Borough.name)
        ).all()
        for borough in boroughs:
            session.execute(
                delete(Postcode).where(Postcode.ward_id.in_(select(Ward.id).filter_by(borough_id=borough.id)))
            )
            borough.postcodes_source = source
        rows = spool.execute("select postcode, ward_code from postcode order by postcode")
        while batch := rows.fetchmany(ROWS_AT_ONCE):
            _write_postcodes(session, [{"postcode": postcode, "ward_id": ids[code]} for postcode, code in batch])
        return tuple(borough.name for borough in boroughs)


def _write_postcodes(session: Session, rows: Sequence[Mapping[str, object]]) -> None:
    """Add a batch; a postcode that another borough had until now moves here."""
    session.execute(delete(Postcode).where(Postcode.postcode.in_([row["postcode"] for row in rows])))
    session.execute(insert(Postcode), list(rows))
