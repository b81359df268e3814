"""Reduce trees on a line and their shapes: star, chain, binary tree, two-phase, k-level chains, groups.

An *arm* is a tree over places 0 (its root), 1, 2, ...: `arm[v]` is the parent of place v + 1. A line's root
has one arm towards lower and one towards higher places. A place receives what comes from the side of the
root first, then what comes from the other side, the nearest first on each.

Most shapes are trees in pre-order: a parent is nearer to the root than its child and every subtree is a run
of places, so that no message has to overtake another one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isqrt, prod

Arm = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LineTree:
    """A reduce tree on a line: the root is place `len(low)`, place `root - k` is vertex k of `low`, place
    `root + k` vertex k of `high`.
    """

    low: Arm
    high: Arm

    @property
    def parts(self) -> int:
        """PEs on the line."""
        return len(self.low) + 1 + len(self.high)

    @property
    def root(self) -> int:
        """The place that ends with the result."""
        return len(self.low)

    def parents(self) -> list[int]:
        """Return the parent of each place, -1 for the root."""
        low = [self.root - parent for parent in reversed(self.low)]
        return [*low, -1, *(self.root + parent for parent in self.high)]


def middle(parts: int) -> int:
    """Return the place in the middle of a line: the farthest is `parts // 2` away."""
    return (parts - 1) // 2


def check_arm(arm: Sequence[int]) -> None:
    """Raise `ValueError` unless `arm` is a tree in pre-order: a parent is the vertex before or above it."""
    path = [0]
    for vertex, parent in enumerate(arm, 1):
        while path and path[-1] != parent:
            path.pop()
        if not path:
            raise ValueError(f"vertex {vertex} cannot have parent {parent} in pre-order")
        path.append(vertex)


def depths(arm: Sequence[int]) -> list[int]:
    """Return how many steps each place (0 included) is below the root."""
    found = [0] * (len(arm) + 1)
    for place in reversed(post_order(arm)):
        if place:
            found[place] = found[arm[place - 1]] + 1
    return found


def children(arm: Sequence[int]) -> list[list[int]]:
    """Return the children of each place in the order in which they are received."""
    found: list[list[int]] = [[] for _ in range(len(arm) + 1)]
    for vertex, parent in enumerate(arm, 1):
        found[parent].append(vertex)
    for place, below in enumerate(found):
        below.sort(key=lambda child: (child > place, abs(child - place)))
    return found


def post_order(arm: Sequence[int]) -> list[int]:
    """Return all places, each after its children: the order in which messages are complete."""
    below = children(arm)
    found: list[int] = []
    stack = [0]
    while stack:
        place = stack.pop()
        found.append(place)
        stack += below[place]
    return found[::-1]


def star(length: int) -> Arm:
    """Every place sends straight to the root."""
    return (0,) * length


def chain(length: int) -> Arm:
    """Every place sends to the one before it."""
    return tuple(range(length))


def binary(length: int) -> Arm:
    """Binary tree: in round i places that are odd multiples of 2^i send 2^i places down."""
    return tuple(place & (place - 1) for place in range(1, length + 1))


def levels(length: int, groups: Iterable[int]) -> Arm:
    """k-level chains: chains in groups of `groups[0]` neighbours, chains of their heads in groups of
    `groups[1]`, and so on; the heads that remain form one chain.
    """
    sizes = [1]
    for group in groups:
        sizes.append(sizes[-1] * group)
    return tuple(place - max(size for size in sizes if place % size == 0) for place in range(1, length + 1))


def two_phase(length: int) -> Arm:
    """Two-level chains in groups of about the square root of all places."""
    return levels(length, (max(round_sqrt(length + 1), 1),))


def groups(length: int, sizes: Sequence[int]) -> Arm:
    """Two-level chains in groups of different sizes, that nearest to the root first. The head of a group is
    its place farthest from the root: the chains in the groups run away from the root, the chain of their
    heads towards it, so they share no link in the same direction.

    What is left behind all groups, or would be the farthest group, is a chain towards the root: such a head
    would send over its own group while that still sends.
    """
    parents: list[int] = []
    head = 0
    for size in sizes:
        if head + size >= length:
            break
        parents += [*range(head + 2, head + size + 1), head]
        head += size
    return (*parents, *range(head, length))


def round_sqrt(number: int) -> int:
    """Return the square root of a number, rounded to the nearest integer."""
    root = isqrt(number)
    return root + (number > root * (root + 1))


def arm_named(shape: str, length: int) -> Arm:
    """Return the arm of `length` places that `shape` names: `star`, `chain`, `binary`, `two-phase`, `levels`
    with the sizes of groups level by level, as in `levels 13 4`, or `groups` with the size of each group, as
    in `groups 1 5 3 1`. Raises `ValueError` for anything else.
    """
    name, _, rest = shape.strip().partition(" ")
    words = rest.split()
    plain = {"star": star, "chain": chain, "binary": binary, "two-phase": two_phase}
    if name in plain and not words:
        return plain[name](length)
    sizes = [int(word) for word in words if word.isdecimal() and len(word) < 10]
    if len(sizes) == len(words) > 0:
        if name == "levels" and min(sizes) > 1 and prod(sizes) < 1 << 40:
            return levels(length, sizes)
        if name == "groups" and min(sizes) > 0:
            return groups(length, sizes)
    raise ValueError(
        f"'{shape}' is not star, chain, binary, two-phase, levels with sizes from 2, or groups with sizes"
    )


def line_tree(shape: str, parts: int, root: int | None = None) -> LineTree:
    """Return the tree of that shape on `parts` places with its root at `root`, by default in the middle.

    Two shapes with `|` between them are those of the lower and the higher arm. Raises `ValueError` for what
    is no shape.
    """
    at = middle(parts) if root is None else root
    low, found, high = shape.partition("|")
    return LineTree(arm_named(low, at), arm_named(high if found else low, parts - 1 - at))
