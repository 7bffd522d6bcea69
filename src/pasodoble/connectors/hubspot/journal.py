"""HubSpot's webhooks journal, where the app has it: what happened, in files that are read one after the other from a kept offset.

The PushReader port. Source: developer docs, "Webhooks journal" (2026-03): files are kept for three days, in order; a
client-credentials token; subscriptions per account. What an entry means is said in `signals.py`.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from pasodoble.connectors.http import Answer, Request, Sender
from pasodoble.connectors.hubspot.auth import choose_journal_log_in
from pasodoble.connectors.hubspot.client import path_of
from pasodoble.connectors.hubspot.errors import ensure_ok
from pasodoble.connectors.hubspot.signals import TYPE_IDS, Parser
from pasodoble.connectors.session import Session
from pasodoble.errors import AuthLapsed, ConnectorError, Unsupported
from pasodoble.model.settings import HubSpotAccess
from pasodoble.ports import Contents, Cursor, Heard, Hearing

POLL_S: Final = 10.0
PATIENCE_S: Final = 60.0
"""Between two tries when the journal cannot be read: the periodic check finds meanwhile what it would have told."""
REFUSED_S: Final = 6 * 3600.0
"""The same when the app has no journal: somebody may grant it one."""
KEPT: Final = timedelta(days=3)
_FILES: Final = 50
"""Files that are asked for at a time."""
_JOURNAL, _SUBSCRIPTIONS = "/webhooks-journal/journal/2026-03", "/webhooks-journal/subscriptions/2026-03"
_ACTIONS: Final = ["CREATE", "UPDATE", "DELETE", "MERGE", "RESTORE"]


@dataclass(slots=True, kw_only=True)
class JournalReader:
    """Reads the journal of one account. Closes the sender that it was given.

    objects     HubSpot objects that are synced, by the settings' names
    type_ids    of those that are the account's own
    lists       inclusion lists, whose new members are told of too
    """

    access: HubSpotAccess
    sender: Sender
    portal_id: str
    objects: Collection[str]
    type_ids: Mapping[str, str]
    lists: Collection[str] = ()
    _session: Session = field(init=False)
    _parser: Parser = field(init=False)

    def __post_init__(self) -> None:
        log_in = choose_journal_log_in(self.access, path_of("token", self.access.api_version), self.sender.clock.now)
        self._session = Session(self.sender, log_in)
        self._parser = Parser(app_id="", objects={id: name for name, id in self.type_ids.items()})

    async def survey(self) -> Hearing:
        """Asks whether the app has a journal at all. Raises ConnectorError."""
        held = await self._list_subscriptions()
        told = {row.get("objectTypeId") for row in held if row.get("subscriptionType") == "OBJECT"}
        heard = tuple(name for name in self.objects if self._type_of(name) in told)
        return Hearing(heard=heard, refused=tuple(name for name in self.objects if name not in heard))

    async def signals(self, position: Cursor | None) -> AsyncGenerator[Heard, None]:
        """File after file; pauses when there is nothing new, and longer when nobody answers."""
        place = position
        ready = False
        while True:
            try:
                if not ready:
                    await self._subscribe()
                    ready = True
                place, heard = await self._read_on(place)
                pause_s = 0.0 if heard is not None else POLL_S
            except (AuthLapsed, Unsupported):
                heard, pause_s, ready = None, REFUSED_S, False
            except ConnectorError:
                heard, pause_s, ready = None, PATIENCE_S, False
            if heard is not None:
                yield heard
            if pause_s:
                await self.sender.clock.sleep(pause_s)

    async def _read_on(self, place: Cursor | None) -> tuple[Cursor, Heard | None]:
        """The next files, as one. With no place, or one that the journal has forgotten, from now on."""
        now = self.sender.clock.now()
        if place is None or datetime.fromisoformat(str(place["at"])) < now - KEPT:
            latest = await self._get("/latest")
            start: Cursor = {"offset": _offset(latest), "at": now.isoformat()}
            missed = frozenset(self.objects) if place is not None else frozenset()
            return start, Heard(signals=(), position=start, missed=missed)
        path = f"/batch/{place['offset']}/next/{_FILES}" if place["offset"] else f"/batch/earliest/{_FILES}"
        rows = (await self._get(path)).body["results"]
        if not rows:
            return {**place, "at": now.isoformat()}, None
        told = [await self._read_file(str(row["url"])) for row in rows]
        after: Cursor = {"offset": str(rows[-1]["currentOffset"]), "at": now.isoformat()}
        signals = tuple(signal for contents in told for signal in contents.signals)
        missed = frozenset(self.objects) if any(contents.trouble for contents in told) else frozenset()
        return after, Heard(signals=signals, position=after, missed=missed)

    async def _read_file(self, url: str) -> Contents:
        """Its address is signed and goes to the vendor's storage: no token goes with it."""
        body = ensure_ok(
            await self.sender.send(Request(method="GET", path=url, safe=True, api="", purpose="read"))
        ).body
        events = body.get("journalEvents") if isinstance(body, Mapping) else None
        if not isinstance(events, list):
            return Contents(trouble="a journal file without events")
        own = [event for event in events if isinstance(event, dict) and str(event.get("portalId")) == self.portal_id]
        return self._parser.read_journal(own)

    # --- subscriptions -----------------------------------------------------------------------------------------------

    async def _subscribe(self) -> None:
        """Ask to be told of what is synced, where that has not been asked for yet."""
        held = {_key(row) for row in await self._list_subscriptions()}
        for body in self._wanted():
            if _key(body) not in held:
                ensure_ok(await self._call("POST", _SUBSCRIPTIONS, body | {"portalId": int(self.portal_id)}))

    def _wanted(self) -> list[dict[str, Any]]:
        types = [self._type_of(name) for name in self.objects]
        wanted: list[dict[str, Any]] = [
            {"subscriptionType": "OBJECT", "objectTypeId": type_id, "actions": _ACTIONS} for type_id in types
        ]
        wanted += [
            {
                "subscriptionType": "ASSOCIATION",
                "objectTypeId": type_id,
                "actions": ["ASSOCIATION_ADDED", "ASSOCIATION_REMOVED"],
            }
            for type_id in types
        ]
        if self.lists:
            ids = sorted(int(id) for id in self.lists)
            wanted.append({"subscriptionType": "LIST_MEMBERSHIP", "listIds": ids, "actions": ["ADDED_TO_LIST"]})
        return wanted

    def _type_of(self, name: str) -> str:
        standard = {known: type_id for type_id, known in TYPE_IDS.items()}
        return self.type_ids.get(name) or standard.get(name, name)

    async def _list_subscriptions(self) -> list[Mapping[str, Any]]:
        body = ensure_ok(await self._call("GET", _SUBSCRIPTIONS)).body
        return [row for row in body["results"] if str(row.get("portalId", self.portal_id)) == self.portal_id]

    async def _get(self, path: str) -> Answer:
        return ensure_ok(await self._call("GET", _JOURNAL + path))

    async def _call(self, method: str, path: str, body: Any = None) -> Answer:
        token = await self._session.token()
        headers = {"authorization": f"Bearer {token.value}"}
        params = {} if method == "POST" else {"installPortalId": self.portal_id}
        return await self.sender.send(
            Request(
                method=method,
                path=path,
                params=params,
                body=body,
                headers=headers,
                safe=method == "GET",
                purpose="read",
            )
        )

    async def close(self) -> None:
        await self.sender.close()


def _offset(answer: Answer) -> str | None:
    """None while the journal is empty."""
    return None if answer.status == 204 or not answer.body else str(answer.body["currentOffset"])


def _key(row: Mapping[str, Any]) -> tuple[object, ...]:
    """What makes two subscriptions the same."""
    by_list = row.get("subscriptionType") == "LIST_MEMBERSHIP"
    about = tuple(sorted(row.get("listIds") or ())) if by_list else row.get("objectTypeId")
    return row.get("subscriptionType"), about, tuple(sorted(row.get("actions") or ()))
