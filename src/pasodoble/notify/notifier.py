"""The Notifier port: each alert by its channel. What is told does not belong here."""

from __future__ import annotations

from typing import assert_never

from pasodoble.model.alert import Alert, Channel, Digest, MailServer
from pasodoble.notify.mail import send_mail
from pasodoble.notify.web import post_slack, post_webhook


class AlertSender:
    def __init__(self, mail: MailServer | None = None) -> None:
        self._mail = mail

    async def send(self, alert: Alert, digest: Digest) -> None:
        """Raises Undelivered."""
        match alert.channel:
            case Channel.WEBHOOK:
                await post_webhook(alert, digest)
            case Channel.SLACK:
                await post_slack(alert, digest)
            case Channel.EMAIL:
                await send_mail(alert, digest, self._mail)
            case _:
                assert_never(alert.channel)
