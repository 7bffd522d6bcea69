"""Alerts after a run: who is to be told what, told once, and remembered only when it is out.

Which words are used and how they travel does not belong here (`words`, `notify`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from pasodoble.errors import Error
from pasodoble.model.alert import Alert, Digest, Told, Trouble, find_digest, tell
from pasodoble.model.settings import Connection
from pasodoble.ports import Clock, Notifier, Store, Transaction


async def send_alerts(
    settings: Connection, store: Store, clock: Clock, notifier: Notifier, *, public_url: str = ""
) -> list[str]:
    """Send what is due; gives what could not be delivered, as sentences. That is tried again after the next run."""
    failed: list[str] = []
    for alert in settings.alerts:
        now = clock.now()
        with store.transaction(settings.name, read_only=True) as tx:
            troubles, stopped = _load_troubles(tx), _find_stop(tx)
            told = _load_told(tx, alert, now)
        digest = find_digest(
            alert, told, troubles, stopped, now, settings.name, f"{public_url}/problems" if public_url else ""
        )
        if digest is not None and (failure := await _send(notifier, alert, digest)):
            failed.append(failure)
            continue
        after = tell(told, digest, troubles, stopped, now)
        if after != told or told.at == now:
            with store.transaction(settings.name) as tx:
                _save_told(tx, alert, after, now)
    return failed


async def send_sample(settings: Connection, notifier: Notifier, clock: Clock) -> list[tuple[Alert, str]]:
    """A message without any trouble to every alert: by alert, why it could not be delivered, "" if it was."""
    digest = Digest(connection=settings.name, at=clock.now(), troubles=())
    return [(alert, await _send(notifier, alert, digest)) for alert in settings.alerts]


async def _send(notifier: Notifier, alert: Alert, digest: Digest) -> str:
    try:
        await notifier.send(alert, digest)
    except Error as error:
        return f"the alert by {alert.channel} was not delivered: {error}"
    return ""


def _load_troubles(tx: Transaction) -> list[Trouble]:
    return [Trouble(cause=s.cause, count=s.count, since=s.since, side=s.side) for s in tx.problems.sum_by_cause()]


def _find_stop(tx: Transaction) -> str:
    """Why the latest run ended early, "" if it did not."""
    latest = next(iter(tx.runs.load(limit=1)), None)
    failures = latest.report.get("failures") if latest is not None else None
    return str(failures[0]) if isinstance(failures, Sequence) and not isinstance(failures, str) and failures else ""


def _name(alert: Alert) -> str:
    """The cursor under which it is kept what was told. An address may be a secret: it is kept as a digest."""
    return f"alert:{alert.channel}:{alert.pace}:{sha256(alert.address.encode()).hexdigest()[:16]}"


def _load_told(tx: Transaction, alert: Alert, now: datetime) -> Told:
    """What was told so far. An alert that is new counts its days from now."""
    kept = tx.cursors.load(_name(alert))
    if kept is None:
        return Told(at=now)
    counts = {name.removeprefix("cause:"): int(n or 0) for name, n in kept.items() if name.startswith("cause:")}
    return Told(at=datetime.fromisoformat(str(kept["at"])), counts=counts, stopped=str(kept.get("stopped") or ""))


def _save_told(tx: Transaction, alert: Alert, told: Told, now: datetime) -> None:
    counts = {f"cause:{cause}": count for cause, count in sorted(told.counts.items())}
    tx.cursors.save(_name(alert), {"at": told.at.isoformat(), "stopped": told.stopped, **counts}, now)
