"""Tables of the hubs room: the help line, the hubs, and which hub is nearest to each ward."""

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from pbudget.db import Base


class HelpLine(Base):
    """The number residents ring, and when somebody answers. There is one row at most."""

    __tablename__ = "help_line"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    phone: Mapped[str] = mapped_column(String(40))
    hours: Mapped[str] = mapped_column(String(200))


class Hub(Base):
    """A building in which residents get help, use a screen or hand in a form."""

    __tablename__ = "hub"
    __table_args__ = (
        CheckConstraint("name <> ''", name="named"),
        CheckConstraint("address <> ''", name="addressed"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    address: Mapped[str] = mapped_column(String(200))
    hours: Mapped[str] = mapped_column(String(200))
    access: Mapped[str] = mapped_column(String(200), default="")
    """Getting in and getting help there: step-free, hearing loop, languages."""
    ward_id: Mapped[int] = mapped_column(ForeignKey("ward.id"), index=True)


class NearestHub(Base):
    """Which hub is nearest to a ward; worked out again whenever a hub changes. No row where no map says."""

    __tablename__ = "nearest_hub"

    ward_id: Mapped[int] = mapped_column(ForeignKey("ward.id"), primary_key=True, autoincrement=False)
    hub_id: Mapped[int] = mapped_column(ForeignKey("hub.id", ondelete="CASCADE"), index=True)
