"""SQL, and nothing else: links, bases, marks, history and the rest, on SQLite or PostgreSQL.

No decision belongs here. Only `wiring` imports this room.
"""

from pasodoble.store.database import SqlStore, open_store
from pasodoble.store.lock import hold_worker_lock
from pasodoble.store.upgrade import is_current, upgrade

__all__ = ["SqlStore", "hold_worker_lock", "is_current", "open_store", "upgrade"]
