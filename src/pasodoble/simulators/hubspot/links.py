"""Associations between records: which types of them exist between two object types, and which records are linked.

Announcing a change and its consequences do not belong here (see `linking`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pasodoble.simulators.hubspot.changes import Association
from pasodoble.simulators.hubspot.object_types import ObjectType, ObjectTypes

TABLE: Final = """
contacts companies    default 279 280  primary 1 2  billing 931 930
companies companies   default 450 450  parent_to_child 13 14
contacts contacts     default 449 449
deals deals           default 451 451
tickets tickets       default 452 452
deals companies       default 341 342  primary 5 6
tickets companies     default 339 340  primary 26 25
deals contacts        default 3 4
tickets contacts      default 16 15
tickets deals         default 28 27
deals line_items      default 19 20
leads contacts        default 608 609  primary 578 -
leads companies       default 610 611  primary 580 -
leads deals           default 1037 1038  primary 582 583
notes contacts        default 202 201
notes companies       default 190 189
notes deals           default 214 213
notes tickets         default 228 227
notes leads           default 855 854
tasks contacts        default 204 203
tasks companies       default 192 191
tasks deals           default 216 215
tasks tickets         default 230 229
tasks leads           default 647 646
tasks quotes          default 218 217
calls contacts        default 194 193
calls companies       default 182 181
calls deals           default 206 205
calls tickets         default 220 219
calls leads           default 597 596
calls meetings        default 399 400
meetings contacts     default 200 199
meetings companies    default 188 187
meetings deals        default 212 211
meetings tickets      default 226 225
meetings leads        default 601 600
emails contacts       default 198 197
emails companies      default 186 185
emails deals          default 210 209
emails tickets        default 224 223
leads emails          default 598 -
communications contacts   default 81 82
communications companies  default 87 88
communications deals      default 85 86
communications tickets    default 83 84
communications leads      default 603 602
postal_mail contacts  default 453 454
postal_mail companies default 459 460
postal_mail deals     default 457 458
postal_mail tickets   default 455 456
quotes contacts       default 69 70  signer 702 703  billing 1226 1227
quotes companies      default 71 72  billing 1334 1335
quotes deals          default 64 63
quotes line_items     default 67 68
"""
"""from, to, then (variant, type id, id of the inverse) each; `-` where the inverse has no id of its own."""

LABELS: Final = {
    "primary": ("Primary", "Primary"),
    "billing": ("Billing Contact", "Billing Contact"),
    "signer": ("Signer", "Signer"),
    "parent_to_child": ("Child Company", "Parent Company"),
}
UNLISTED_FROM: Final = 100_000
"""Pairs of HubSpot's own types whose ids are not public get one above this, the same in every portal."""


@dataclass(slots=True, kw_only=True)
class LinkType:
    """One directed association type. `inverse` is the id of the same link seen from the other side."""

    id: int
    from_type: str
    to_type: str
    name: str
    label: str | None
    category: str
    inverse: int
    variant: str
    max_to: int | None = None
    """The limit an administrator set on how many records one may be linked to by it."""

    @property
    def primary(self) -> bool:
        return self.variant == "primary"


class LinkTypes:
    """All association types of a portal, by the pair of object types."""

    def __init__(self, types: ObjectTypes) -> None:
        self._types = types
        self._by_pair: dict[tuple[str, str], dict[int, LinkType]] = {}
        for line in TABLE.strip().splitlines():
            from_name, to_name, *rest = line.split()
            from_kind, to_kind = _known(types, from_name), _known(types, to_name)
            for variant, id, inverse in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
                self._add_pair(from_kind, to_kind, variant, int(id), int(id) if inverse == "-" else int(inverse))

    def _add_pair(self, from_kind: ObjectType, to_kind: ObjectType, variant: str, id: int, inverse: int) -> None:
        forth, back = LABELS.get(variant, (None, None))
        paired = any(link.variant == "primary" for link in self.between(from_kind.type_id, to_kind.type_id))
        self.add(_link_type(from_kind, to_kind, variant, id, inverse, forth), has_primary=paired)
        if inverse != id:
            self.add(_link_type(to_kind, from_kind, variant, inverse, id, back), has_primary=paired)
        elif from_kind is not to_kind:
            self.add(_link_type(to_kind, from_kind, variant, id, id, back), has_primary=paired)

    def add(self, link: LinkType, *, has_primary: bool = False) -> None:
        pair = self._by_pair.setdefault((link.from_type, link.to_type), {})
        pair[link.id] = link
        if link.primary or has_primary:
            for other in pair.values():
                if other.variant == "default" and not other.name.endswith("_unlabeled"):
                    other.name += "_unlabeled"

    def remove(self, link: LinkType) -> None:
        self._by_pair[link.from_type, link.to_type].pop(link.id, None)

    def between(self, from_type: str, to_type: str) -> Iterable[LinkType]:
        return self._by_pair.get((from_type, to_type), {}).values()

    def find(self, from_type: str, to_type: str, id: int) -> LinkType | None:
        return self._by_pair.get((from_type, to_type), {}).get(id)

    def from_type(self, from_type: str, id: int) -> LinkType | None:
        """The type with this id that starts at `from_type`, wherever it leads."""
        for (own, _to_type), pair in self._by_pair.items():
            if own == from_type and id in pair:
                return pair[id]
        return None

    def both_sides(self, made: Association) -> tuple[Association, Association]:
        """An association as each of its two records sees it, the `from` side first."""
        kind = self.find(made.from_type, made.to_type, made.type_id)
        return made, made.from_other_side(made.type_id if kind is None else kind.inverse)

    def default(self, from_type: str, to_type: str) -> LinkType:
        """The unlabelled type of a pair; made on the spot for pairs that no list names."""
        for link in self.between(from_type, to_type):
            if link.variant == "default":
                return link
        order = [kind.type_id for kind in self._types]
        forth, back = order.index(from_type), order.index(to_type)
        from_kind, to_kind = self._types[from_type], self._types[to_type]
        self._add_pair(
            from_kind, to_kind, "default", UNLISTED_FROM + forth * 500 + back, UNLISTED_FROM + back * 500 + forth
        )
        return self.default(from_type, to_type)

    def primary(self, from_type: str, to_type: str) -> LinkType | None:
        return next((link for link in self.between(from_type, to_type) if link.primary), None)

    def pairs(self) -> Iterable[tuple[str, str]]:
        return self._by_pair


def _known(types: ObjectTypes, name: str) -> ObjectType:
    kind = types.find(name)
    assert kind is not None
    return kind


def _link_type(
    from_kind: ObjectType, to_kind: ObjectType, variant: str, id: int, inverse: int, label: str | None
) -> LinkType:
    name = f"{from_kind.singular}_to_{to_kind.singular}"
    return LinkType(
        id=id,
        from_type=from_kind.type_id,
        to_type=to_kind.type_id,
        name=name if variant in ("default", "primary") else f"{name}_{variant}",
        label=label,
        category="HUBSPOT_DEFINED",
        inverse=inverse,
        variant=variant,
    )


Pairs = dict[int, dict[int, tuple[int, ...]]]
"""from id -> to id -> type ids, in order."""


class Links:
    """Which records are linked, stored from both sides."""

    def __init__(self) -> None:
        self._pairs: dict[tuple[str, str], Pairs] = {}
        self._sets: dict[tuple[int, ...], tuple[int, ...]] = {}

    def of(self, from_type: str, from_id: int, to_type: str) -> dict[int, tuple[int, ...]]:
        """Linked ids of one type with their association types. Not to be written to."""
        return self._pairs.get((from_type, to_type), {}).get(from_id, {})

    def types_between(self, from_type: str, from_id: int, to_type: str, to_id: int) -> tuple[int, ...]:
        return self.of(from_type, from_id, to_type).get(to_id, ())

    def all_pairs(self) -> dict[tuple[str, str], Pairs]:
        """Everything, by the pair of object types. Not to be written to."""
        return self._pairs

    def clear(self) -> None:
        self._pairs.clear()

    def neighbours(self, from_type: str, from_id: int) -> list[tuple[str, int, tuple[int, ...]]]:
        """(type id, id, association types) of everything a record is linked to."""
        return [
            (to_type, to_id, types)
            for (own, to_type), pairs in self._pairs.items()
            if own == from_type
            for to_id, types in pairs.get(from_id, {}).items()
        ]

    def set(self, from_type: str, from_id: int, to_type: str, to_id: int, types: Iterable[int]) -> None:
        """Store one direction; no types take the link away."""
        wanted = tuple(sorted(types))
        pairs = self._pairs.setdefault((from_type, to_type), {})
        if wanted:
            pairs.setdefault(from_id, {})[to_id] = self._sets.setdefault(wanted, wanted)
            return
        linked = pairs.get(from_id)
        if linked is not None:
            linked.pop(to_id, None)
            if not linked:
                del pairs[from_id]
