"""From a record to the link it is in: a join that several questions share. The questions themselves are elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Join, Table, and_, func

from pasodoble.store.links import LIVE
from pasodoble.store.tables import links


@dataclass(frozen=True, slots=True)
class Thing:
    """A table whose rows are about one ref each, joined with the live link that holds the ref on either side."""

    table: FromClause
    by_hubspot: FromClause
    by_salesforce: FromClause

    @classmethod
    def of(cls, table: Table) -> Thing:
        return cls(table, links.alias(), links.alias())

    @property
    def joined(self) -> Join:
        hubspot, salesforce, ref = self.by_hubspot.c, self.by_salesforce.c, self.table.c.ref
        return self.table.outerjoin(
            self.by_hubspot, and_(self._live(self.by_hubspot), hubspot.hubspot_ref == ref)
        ).outerjoin(self.by_salesforce, and_(self._live(self.by_salesforce), salesforce.salesforce_ref == ref))

    def _live(self, link: FromClause) -> ColumnElement[bool]:
        return and_(link.c.connection_id == self.table.c.connection_id, link.c.live == LIVE)

    def of_link(self, column: str) -> ColumnElement[Any]:
        """A column of the link, NULL where there is none."""
        return func.coalesce(self.by_hubspot.c[column], self.by_salesforce.c[column])

    @property
    def other(self) -> ColumnElement[Any]:
        """The ref on the link's other side."""
        return func.coalesce(self.by_hubspot.c.salesforce_ref, self.by_salesforce.c.hubspot_ref)

    def is_same(self, ref: ColumnElement[Any]) -> ColumnElement[bool]:
        """That a ref is of this thing, on whichever side."""
        return ref.in_((self.table.c.ref, self.other))
