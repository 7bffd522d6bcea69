"""The two sides, and one value per side. What is written for a side is written once, never once per side."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

T = TypeVar("T")
U = TypeVar("U")


class Side(StrEnum):
    HUBSPOT = "hubspot"
    SALESFORCE = "salesforce"

    @property
    def other(self) -> Side:
        return Side.SALESFORCE if self is Side.HUBSPOT else Side.HUBSPOT


SIDES = (Side.HUBSPOT, Side.SALESFORCE)


@dataclass(frozen=True, slots=True)
class Pair(Generic[T]):
    """One value per side: `pair[side]`. Iterates as (HubSpot's, Salesforce's)."""

    hubspot: T
    salesforce: T

    def __getitem__(self, side: Side) -> T:
        return self.hubspot if side is Side.HUBSPOT else self.salesforce

    def __iter__(self) -> Iterator[T]:
        yield self.hubspot
        yield self.salesforce

    def swapped(self) -> Pair[T]:
        return Pair(self.salesforce, self.hubspot)

    def map(self, change: Callable[[T], U]) -> Pair[U]:
        return Pair(change(self.hubspot), change(self.salesforce))

    def put(self, side: Side, value: T) -> Pair[T]:
        """The same pair with `value` on `side`."""
        return Pair(value, self.salesforce) if side is Side.HUBSPOT else Pair(self.hubspot, value)

    @classmethod
    def of(cls, side: Side, value: T, other: T) -> Pair[T]:
        """`value` on `side`, `other` on the other one."""
        return cls(value, other) if side is Side.HUBSPOT else cls(other, value)
