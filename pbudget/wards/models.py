"""Tables of the wards room. Each says in constraints what must never happen, on SQLite and PostgreSQL alike."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pbudget.db import Base


class Borough(Base):
    """A set of wards that belong together: a council's, or a council's of one year's boundaries."""

    __tablename__ = "borough"
    __table_args__ = (CheckConstraint("slug <> ''", name="slug_present"), CheckConstraint("name <> ''", name="named"))

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(130), unique=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    is_demo: Mapped[bool] = mapped_column(default=False)
    boundaries_source: Mapped[str] = mapped_column(Text, default="")
    postcodes_source: Mapped[str] = mapped_column(Text, default="")
    map_version: Mapped[str] = mapped_column(String(16), default="")

    wards: Mapped[list["Ward"]] = relationship(back_populates="borough", order_by="Ward.name")


class Ward(Base):
    """An electoral ward by its ONS code; `boundary` is compact JSON (see `rules.boundaries`), kept out of lists."""

    __tablename__ = "ward"
    __table_args__ = (
        CheckConstraint("length(code) = 9 AND (code LIKE 'E05%' OR code LIKE 'X99%')", name="code_of_a_ward"),
        CheckConstraint("name <> ''", name="named"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(9), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    borough_id: Mapped[int] = mapped_column(ForeignKey("borough.id"), index=True)
    boundary: Mapped[str | None] = mapped_column(Text, deferred=True)

    borough: Mapped[Borough] = relationship(back_populates="wards")


class Baseline(Base):
    """One loaded file of population figures, named by the hash of its contents. At most one a borough is current."""

    __tablename__ = "baseline"
    __table_args__ = (
        UniqueConstraint("borough_id", "version"),
        CheckConstraint("length(version) = 64", name="version_is_sha256"),
        Index(
            "ix_baseline_one_current",
            "borough_id",
            unique=True,
            sqlite_where=text("is_current"),
            postgresql_where=text("is_current"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    borough_id: Mapped[int] = mapped_column(ForeignKey("borough.id"))
    version: Mapped[str] = mapped_column(String(64))
    loaded_on: Mapped[date]
    is_current: Mapped[bool] = mapped_column(default=True)


class BaselineCount(Base):
    """Residents of a ward in one group of one dimension; `position` keeps the order of the file."""

    __tablename__ = "baseline_count"
    __table_args__ = (
        UniqueConstraint("baseline_id", "ward_id", "dimension", "group"),
        CheckConstraint("count >= 0", name="count_not_negative"),
        CheckConstraint("population_base IN ('all', '16+')", name="population_base_known"),
        CheckConstraint("dimension <> '' AND \"group\" <> ''", name="labelled"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    baseline_id: Mapped[int] = mapped_column(ForeignKey("baseline.id", ondelete="CASCADE"))
    ward_id: Mapped[int] = mapped_column(ForeignKey("ward.id"), index=True)
    position: Mapped[int]
    dimension: Mapped[str] = mapped_column(String(120))
    group: Mapped[str] = mapped_column(String(120))
    count: Mapped[int]
    source: Mapped[str] = mapped_column(String(120))
    date: Mapped[date | None]
    population_base: Mapped[str] = mapped_column(String(3))


class Postcode(Base):
    """The ward of a postcode, the postcode in capitals without its space: `SE17AB`."""

    __tablename__ = "postcode"
    __table_args__ = (CheckConstraint("length(postcode) BETWEEN 5 AND 7", name="postcode_length"),)

    postcode: Mapped[str] = mapped_column(String(7), primary_key=True)
    ward_id: Mapped[int] = mapped_column(ForeignKey("ward.id"), index=True)
