"""One page of a long list, by `?page=` in the address."""

from dataclasses import dataclass

from flask import abort, request


@dataclass(frozen=True)
class Paging:
    """Which part of a list is shown: pages count from 1."""

    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are, one for an empty list."""
        return max(1, -(-self.total // self.size))

    @property
    def offset(self) -> int:
        """How many items come before this page."""
        return (self.number - 1) * self.size

    @property
    def first(self) -> int:
        """The place of the first item on this page, counting from 1."""
        return self.offset + 1

    @property
    def last(self) -> int:
        """The place of the last item on this page."""
        return min(self.total, self.offset + self.size)


def asked_page(total: int, size: int) -> Paging:
    """The page the reader asked for; 404 for one that is not there."""
    asked = request.args.get("page", "1")
    paging = Paging(int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 0, size, total)
    if not 1 <= paging.number <= paging.pages:
        abort(404)
    return paging
