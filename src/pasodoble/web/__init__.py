"""What an admin sees in the browser: pages from the server, readable without JavaScript, in English and Spanish.

No decision belongs here, nor any query: pages ask a `WebService` and show what it says.
"""

from pasodoble.web.app import create_app
from pasodoble.web.service import WebService

__all__ = ["WebService", "create_app"]
