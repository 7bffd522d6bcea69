"""Alerts by email, through the user's own mail server. Plain text: nothing in it can be clicked but the pages' address."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from email.message import EmailMessage

from pasodoble.errors import Undelivered
from pasodoble.model.alert import Alert, Digest, MailServer
from pasodoble.notify.message import Letter, write_letter

TIMEOUT_S = 20.0


def compose_mail(letter: Letter, server: MailServer, to: str) -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"] = " ".join(letter.subject.split())
    mail["From"] = server.sender or server.user
    mail["To"] = to
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content("\n\n".join([*letter.lines, letter.address]).strip() + "\n")
    return mail


async def send_mail(alert: Alert, digest: Digest, server: MailServer | None) -> None:
    """Raises Undelivered."""
    if server is None:
        raise Undelivered("no mail server is set", next_step="add mail: to pasodoble.yaml")
    mail = compose_mail(write_letter(digest, alert.language), server, alert.address)
    try:
        await asyncio.to_thread(_submit, mail, server)
    except (OSError, smtplib.SMTPException) as error:
        raise Undelivered(f"the mail server {server.host} did not take it ({type(error).__name__})") from None


def _submit(mail: EmailMessage, server: MailServer) -> None:
    context = ssl.create_default_context()
    if server.security == "tls":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_S, context=context)
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_S)
    with connection:
        if server.security == "starttls":
            connection.starttls(context=context)
        if server.user:
            connection.login(server.user, server.password)
        connection.send_message(mail)
