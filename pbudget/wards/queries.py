"""What the wards room knows, as frozen dataclasses."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from sqlalchemy import func, select

from pbudget.db import db
from pbudget.wards.models import Baseline, BaselineCount, Borough, Postcode, Ward
from pbudget.wards.rules.atlas import Atlas, KnownWard, make_atlas
from pbudget.wards.rules.maps import in_order
from pbudget.wards.rules.residents import Dimension, dimension_of, headline, residents_between

AGES = ("age", "age_16plus")
"""Tables of ages; one of everybody comes first."""


@dataclass(frozen=True)
class BoroughLine:
    """A borough in a list."""

    slug: str
    name: str
    is_demo: bool
    wards: int


@dataclass(frozen=True)
class WardLine:
    """A ward in a list; `residents` is None where there are no figures of all ages."""

    code: str
    name: str
    has_boundary: bool
    has_figures: bool
    residents: int | None


@dataclass(frozen=True)
class WardName:
    """A ward by id, code and name, for lists that need nothing else."""

    id: int
    code: str
    name: str


@dataclass(frozen=True)
class FigureSource:
    """Where one dimension of the figures is from."""

    dimension: str
    base: str
    source: str
    date: date | None


@dataclass(frozen=True)
class BaselineInfo:
    """The population figures a borough uses now."""

    version: str
    loaded_on: date
    sources: tuple[FigureSource, ...]


@dataclass(frozen=True)
class BoroughPage:
    """A borough with its wards in alphabetical order."""

    id: int
    slug: str
    name: str
    is_demo: bool
    boundaries_source: str
    postcodes_source: str
    map_version: str
    wards: tuple[WardLine, ...]
    baseline: BaselineInfo | None

    @property
    def has_map(self) -> bool:
        """Whether any ward has a boundary, so that there is a map and not tiles."""
        return any(ward.has_boundary for ward in self.wards)

    @property
    def residents(self) -> int | None:
        """Residents of all wards together, None unless every ward has a number."""
        counted = [ward.residents for ward in self.wards if ward.residents is not None]
        return sum(counted) if counted and len(counted) == len(self.wards) else None


@dataclass(frozen=True)
class WardPage:
    """A ward with its figures."""

    id: int
    code: str
    name: str
    has_boundary: bool
    borough_id: int
    borough_slug: str
    borough_name: str
    boundaries_source: str
    map_version: str
    is_demo: bool
    baseline_version: str
    dimensions: tuple[Dimension, ...]

    @property
    def residents(self) -> int | None:
        """Residents of all ages, or None where no dimension counts them."""
        chosen = headline([(dimension.name, dimension.base) for dimension in self.dimensions])
        return next((d.total for d in self.dimensions if d.name == chosen), None)


@dataclass(frozen=True)
class FigureLine:
    """One line of the download, in the columns of the upload."""

    ward_code: str
    ward_name: str
    dimension: str
    group: str
    count: int
    source: str
    date: date | None
    population_base: str


def boroughs() -> tuple[BoroughLine, ...]:
    """Every borough in alphabetical order."""
    rows = db.session.execute(
        select(Borough.slug, Borough.name, Borough.is_demo, func.count(Ward.id))
        .outerjoin(Ward)
        .group_by(Borough.id, Borough.slug, Borough.name, Borough.is_demo)
    )
    return tuple(sorted((BoroughLine(*row) for row in rows), key=lambda line: in_order(line.name)))


def borough(slug: str) -> BoroughPage | None:
    """A borough's page, or None when there is no such borough."""
    found = db.session.scalar(select(Borough).where(Borough.slug == slug))
    if found is None:
        return None
    return BoroughPage(
        id=found.id,
        slug=found.slug,
        name=found.name,
        is_demo=found.is_demo,
        boundaries_source=found.boundaries_source,
        postcodes_source=found.postcodes_source,
        map_version=found.map_version,
        wards=_ward_lines(found.id),
        baseline=baseline_info(found.id),
    )


def _ward_lines(borough_id: int) -> tuple[WardLine, ...]:
    rows = db.session.execute(
        select(Ward.id, Ward.code, Ward.name, Ward.boundary.is_not(None)).where(Ward.borough_id == borough_id)
    ).all()
    residents = _residents_by_ward(borough_id)
    lines = [WardLine(code, name, has, id_ in residents, residents.get(id_)) for id_, code, name, has in rows]
    return tuple(sorted(lines, key=lambda line: (in_order(line.name), line.code)))


def _residents_by_ward(borough_id: int) -> dict[int, int | None]:
    """Residents of all ages by ward id; a ward with figures for adults only has None, one without figures no entry."""
    rows = db.session.execute(
        select(
            BaselineCount.ward_id,
            BaselineCount.dimension,
            BaselineCount.population_base,
            func.sum(BaselineCount.count),
        )
        .join(Baseline)
        .where(Baseline.borough_id == borough_id, Baseline.is_current)
        .group_by(BaselineCount.ward_id, BaselineCount.dimension, BaselineCount.population_base)
        .order_by(BaselineCount.ward_id, func.min(BaselineCount.position))
    ).all()
    by_ward: dict[int, dict[tuple[str, str], int]] = {}
    for ward_id, dimension, base, total in rows:
        by_ward.setdefault(ward_id, {})[dimension, base] = int(total)
    return {ward_id: _headline_total(totals) for ward_id, totals in by_ward.items()}


def residents_by_ages(ward_ids: Collection[int], youngest: int, oldest: int | None) -> dict[int, int]:
    """Residents of these ages by ward id, by the figures in use; no entry for a ward whose figures do not say."""
    rows = db.session.execute(
        select(BaselineCount.ward_id, BaselineCount.dimension, BaselineCount.group, BaselineCount.count)
        .join(Baseline)
        .where(Baseline.is_current, BaselineCount.dimension.in_(AGES), BaselineCount.ward_id.in_(ward_ids))
    )
    tables: dict[tuple[int, str], dict[str, int]] = {}
    for ward_id, dimension, group, count in rows:
        tables.setdefault((ward_id, dimension), {})[group] = count
    found = {place: residents_between(groups, youngest, oldest) for place, groups in tables.items()}
    return {
        ward_id: number
        for ward_id in ward_ids
        if (number := next((n for name in AGES if (n := found.get((ward_id, name)))), None))
    }


def _headline_total(totals: Mapping[tuple[str, str], int]) -> int | None:
    chosen = headline(list(totals))
    return next((total for (dimension, _), total in totals.items() if dimension == chosen), None)


def baseline_info(borough_id: int) -> BaselineInfo | None:
    """The figures a borough uses now and where they are from, or None when none are loaded."""
    current = db.session.scalar(select(Baseline).where(Baseline.borough_id == borough_id, Baseline.is_current))
    if current is None:
        return None
    rows = db.session.execute(
        select(BaselineCount.dimension, BaselineCount.population_base, BaselineCount.source, BaselineCount.date)
        .where(BaselineCount.baseline_id == current.id)
        .group_by(BaselineCount.dimension, BaselineCount.population_base, BaselineCount.source, BaselineCount.date)
        .order_by(func.min(BaselineCount.position))
    )
    return BaselineInfo(current.version, current.loaded_on, tuple(FigureSource(*row) for row in rows))


def ward(code: str) -> WardPage | None:
    """A ward's page, or None when there is no such ward."""
    row = db.session.execute(
        select(Ward.id, Ward.name, Ward.boundary.is_not(None), Borough, Baseline)
        .join(Borough, Borough.id == Ward.borough_id)
        .outerjoin(Baseline, (Baseline.borough_id == Borough.id) & Baseline.is_current)
        .where(Ward.code == code)
    ).one_or_none()
    if row is None:
        return None
    ward_id, name, has_boundary, its_borough, baseline = row
    return WardPage(
        id=ward_id,
        code=code,
        name=name,
        has_boundary=has_boundary,
        borough_id=its_borough.id,
        borough_slug=its_borough.slug,
        borough_name=its_borough.name,
        boundaries_source=its_borough.boundaries_source,
        map_version=its_borough.map_version,
        is_demo=its_borough.is_demo,
        baseline_version=baseline.version if baseline else "",
        dimensions=_dimensions(ward_id, baseline.id) if baseline else (),
    )


def _dimensions(ward_id: int, baseline_id: int) -> tuple[Dimension, ...]:
    rows = db.session.scalars(
        select(BaselineCount)
        .where(BaselineCount.ward_id == ward_id, BaselineCount.baseline_id == baseline_id)
        .order_by(BaselineCount.position)
    )
    by_dimension: dict[tuple[str, str], list[BaselineCount]] = {}
    for row in rows:
        by_dimension.setdefault((row.dimension, row.population_base), []).append(row)
    return tuple(
        dimension_of(
            name,
            base,
            [(row.group, row.count) for row in rows],
            [row.source for row in rows],
            [row.date for row in rows],
        )
        for (name, base), rows in by_dimension.items()
    )


def dimensions_of(ward_id: int) -> tuple[Dimension, ...]:
    """Residents of a ward by the figures in use; nothing where none are loaded."""
    chosen = select(Baseline.id).join(Ward, Ward.borough_id == Baseline.borough_id)
    baseline_id = db.session.scalar(chosen.where(Ward.id == ward_id, Baseline.is_current))
    return _dimensions(ward_id, baseline_id) if baseline_id else ()


def groups_by_dimension(ward_ids: Collection[int]) -> dict[str, tuple[str, ...]]:
    """What the figures in use of these wards (none: of every ward) call their groups, in the order of the file."""
    chosen = (
        select(BaselineCount.dimension, BaselineCount.group, func.min(BaselineCount.position))
        .join(Baseline, Baseline.id == BaselineCount.baseline_id)
        .where(Baseline.is_current)
        .group_by(BaselineCount.dimension, BaselineCount.group)
        .order_by(func.min(BaselineCount.position))
    )
    found: dict[str, list[str]] = {}
    for dimension, group, _ in db.session.execute(
        chosen.where(BaselineCount.ward_id.in_(ward_ids)) if ward_ids else chosen
    ):
        found.setdefault(dimension, []).append(group)
    return {dimension: tuple(groups) for dimension, groups in found.items()}


def figures(borough_slug: str, ward_code: str = "") -> tuple[FigureLine, ...]:
    """The figures a borough uses now, all wards or one, in the order of the file."""
    wanted = select(
        Ward.code,
        Ward.name,
        BaselineCount.dimension,
        BaselineCount.group,
        BaselineCount.count,
        BaselineCount.source,
        BaselineCount.date,
        BaselineCount.population_base,
    )
    wanted = wanted.join(Ward, Ward.id == BaselineCount.ward_id).join(Baseline).join(Borough)
    wanted = wanted.where(Borough.slug == borough_slug, Baseline.is_current).order_by(BaselineCount.position)
    if ward_code:
        wanted = wanted.where(Ward.code == ward_code)
    return tuple(FigureLine(*row) for row in db.session.execute(wanted))


@lru_cache(maxsize=32)
def atlas(borough_id: int, map_version: str) -> Atlas | None:
    """The drawing of a borough, kept in memory while its version stays the same; None when it has no wards.

    The version is a fingerprint of codes, names and boundaries, so an old drawing is never shown for new ones.
    """
    wards = known_wards(borough_id)
    return make_atlas(wards) if wards else None


def known_wards(borough_id: int) -> tuple[KnownWard, ...]:
    """Codes, names and packed boundaries of a borough's wards."""
    rows = db.session.execute(select(Ward.code, Ward.name, Ward.boundary).where(Ward.borough_id == borough_id))
    return tuple(KnownWard(*row) for row in rows)


def ward_names(borough_id: int) -> dict[str, str]:
    """The name of each ward of a borough by its code."""
    return dict(db.session.execute(select(Ward.code, Ward.name).where(Ward.borough_id == borough_id)).all())


def ward_of_postcode(postcode: str) -> str | None:
    """The code of the ward a normalised postcode lies in, or None when it is not in the table."""
    return db.session.scalar(
        select(Ward.code).join(Postcode, Postcode.ward_id == Ward.id).where(Postcode.postcode == postcode)
    )


def ward_ids() -> dict[str, int]:
    """The id of every ward by its code."""
    return dict(db.session.execute(select(Ward.code, Ward.id)).all())


def wards_around(ward_ids: Collection[int], *, borough_wide: bool) -> list[WardName]:
    """These wards in the order of their names; `borough_wide`: with the others of their borough, or every ward."""
    chosen = select(Ward.id, Ward.code, Ward.name).order_by(Ward.name, Ward.code)
    if ward_ids:
        within = Ward.borough_id.in_(select(Ward.borough_id).where(Ward.id.in_(ward_ids)))
        chosen = chosen.where(within if borough_wide else Ward.id.in_(ward_ids))
    return [WardName(*row) for row in db.session.execute(chosen)]


def wards_of_postcodes() -> dict[str, str]:
    """Every normalised postcode of the table with its ward's code: for looking up a whole file."""
    chosen = select(Postcode.postcode, Ward.code).join(Ward, Postcode.ward_id == Ward.id)
    return dict(db.session.execute(chosen).all())


def has_postcodes_near(sector: str) -> bool:
    """Whether any postcode of a sector (`SE17`) is in the table."""
    near = select(Postcode.postcode).where(
        Postcode.postcode.startswith(sector, autoescape=True), func.length(Postcode.postcode) == len(sector) + 2
    )
    return db.session.scalar(near.limit(1)) is not None


def has_postcodes() -> bool:
    """Whether a postcode table has been loaded at all."""
    return db.session.scalar(select(Postcode.postcode).limit(1)) is not None
