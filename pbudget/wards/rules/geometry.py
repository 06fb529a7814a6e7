"""Plane geometry of ward shapes: areas, what lies inside, where a label fits, fewer points for the same outline.

A ring is a closed line without its last point repeated; a polygon is an outer ring and its holes; a shape is polygons.

    square = ((0, 0), (4, 0), (4, 4), (0, 4))
    area(square)                 -> 16.0
    roomiest_point(((square,),)) -> Spot(x=2.0, y=2.0, radius=2.0)
"""

import heapq
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

Point = tuple[float, float]
Ring = tuple[Point, ...]
Polygon = tuple[Ring, ...]
Shape = tuple[Polygon, ...]


@dataclass(frozen=True)
class Box:
    """The smallest upright rectangle around something."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Its width, never 0."""
        return max(self.right - self.left, 1e-9)

    @property
    def height(self) -> float:
        """Its height, never 0."""
        return max(self.bottom - self.top, 1e-9)


@dataclass(frozen=True, order=True)
class Spot:
    """A place for a label: how far it is from the nearest border and where it lies."""

    radius: float
    x: float
    y: float


def box_of(shapes: Sequence[Shape]) -> Box:
    """The box around all shapes."""
    points = [point for shape in shapes for polygon in shape for point in polygon[0]]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return Box(min(xs), min(ys), max(xs), max(ys))


def area(ring: Sequence[Point]) -> float:
    """The area inside a ring (shoelace formula), in squared units, never negative."""
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in _sides(ring))) / 2


def largest_polygon(shape: Shape) -> Polygon:
    """The polygon of a shape whose outer ring encloses most."""
    return max(shape, key=lambda polygon: area(polygon[0]))


def _sides(ring: Sequence[Point]) -> Iterator[tuple[Point, Point]]:
    return zip(ring, chain(ring[1:], ring[:1]), strict=True)


def room_at(x: float, y: float, polygon: Polygon) -> float:
    """Distance from a point to the nearest border of a polygon; below zero outside it (even-odd rule)."""
    inside, nearest = False, math.inf
    for ring in polygon:
        for (x1, y1), (x2, y2) in _sides(ring):
            if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
                inside = not inside
            nearest = min(nearest, _distance_squared(x, y, x1, y1, x2, y2))
    return math.sqrt(nearest) if inside else -math.sqrt(nearest)


def _distance_squared(x: float, y: float, x1: float, y1: float, x2: float, y2: float) -> float:
    """Squared distance from a point to a line segment."""
    dx, dy = x2 - x1, y2 - y1
    length = dx * dx + dy * dy
    along = max(0.0, min(1.0, ((x - x1) * dx + (y - y1) * dy) / length)) if length else 0.0
    return (x1 + along * dx - x) ** 2 + (y1 + along * dy - y) ** 2


def roomiest_point(shape: Shape, precision: float = 0.02) -> Spot:
    """The point of a shape farthest from any border (pole of inaccessibility), within `precision` of its size.

    Cover the largest polygon with squares; keep splitting the square that could still hold the best point into four,
    and stop when none can beat the best by more than the precision. A square with centre c and half side h can reach
    at most room(c) + h·√2. Source: the quadtree search of V. Agafonkin, "A new algorithm for finding a visual center
    of a polygon" (2016), after Garcia-Castellanos & Lombardo (2007).
    """
    polygon = largest_polygon(shape)
    box = box_of((shape_of(polygon),))
    half = max(min(box.width, box.height) / 2, max(box.width, box.height) / 16)
    best = _spot(box.left + box.width / 2, box.top + box.height / 2, polygon)
    squares = [_square(x, y, half, polygon) for x, y in _grid(box, half)]
    heapq.heapify(squares)
    tolerance = precision * math.sqrt(box.width * box.height)
    while squares and -squares[0][0] > best.radius + tolerance:
        _, spot, half = heapq.heappop(squares)
        best = max(best, spot)
        for dx, dy in ((-1, -1), (1, -1), (-1, 1), (1, 1)):
            heapq.heappush(squares, _square(spot.x + dx * half / 2, spot.y + dy * half / 2, half / 2, polygon))
    return best


def shape_of(polygon: Polygon) -> Shape:
    """A shape of one polygon."""
    return (polygon,)


def _spot(x: float, y: float, polygon: Polygon) -> Spot:
    return Spot(room_at(x, y, polygon), x, y)


def _square(x: float, y: float, half: float, polygon: Polygon) -> tuple[float, Spot, float]:
    spot = _spot(x, y, polygon)
    return (-(spot.radius + half * math.sqrt(2)), spot, half)


def _grid(box: Box, half: float) -> Iterator[Point]:
    for column in range(math.ceil(box.width / (2 * half))):
        for row in range(math.ceil(box.height / (2 * half))):
            yield box.left + (2 * column + 1) * half, box.top + (2 * row + 1) * half


def without_idle_points(ring: Sequence[Point]) -> Ring:
    """The same outline without repeated points and without points on the straight line between their neighbours.

    Exact on whole-number coordinates, so a border drawn from both its sides stays one line.
    """
    kept: list[Point] = []
    for point in ring:
        if kept and kept[-1] == point:
            continue
        while len(kept) > 1 and _is_between(kept[-2], kept[-1], point):
            kept.pop()
        kept.append(point)
    while len(kept) > 1 and kept[-1] == kept[0]:
        kept.pop()
    while len(kept) > 2 and _is_between(kept[-2], kept[-1], kept[0]):
        kept.pop()
    while len(kept) > 2 and _is_between(kept[-1], kept[0], kept[1]):
        kept.pop(0)
    return tuple(kept)


def _is_between(before: Point, point: Point, after: Point) -> bool:
    ax, ay = point[0] - before[0], point[1] - before[1]
    bx, by = after[0] - point[0], after[1] - point[1]
    return ax * by == ay * bx and ax * bx + ay * by >= 0


def coarse(ring: Ring, points: int) -> Ring:
    """The ring with at most `points` points: the point whose triangle with its neighbours is smallest goes first.

    Source: Visvalingam & Whyatt, "Line generalisation by repeated elimination of points" (1993).
    """
    kept = list(ring)
    if len(kept) > 20 * points:
        kept = kept[:: len(kept) // (10 * points)]
    while len(kept) > max(points, 3):
        weights = [area((kept[i - 1], kept[i], kept[(i + 1) % len(kept)])) for i in range(len(kept))]
        kept.pop(weights.index(min(weights)))
    return tuple(kept)
