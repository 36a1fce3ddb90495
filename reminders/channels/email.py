"""E-mail over the configured backend."""

import hashlib
import smtplib
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage

from reminders.channels.message import Message, SendError


def send(message: Message) -> None:
    """Hands one mail to the server, within settings.EMAIL_TIMEOUT seconds for each of its answers."""
    mail = EmailMessage(
        subject=message.title,
        body=f"{message.body}\n\n{message.link}\n",
        to=[message.to],
        headers={
            "Message-ID": message_id(message.key),
            "X-Osteon-Key": message.key,
            "Auto-Submitted": "auto-generated",  # RFC 3834: no out-of-office replies, please
        },
    )
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as error:
        raise _refused(next(code for code, _ in error.recipients.values())) from error
    except smtplib.SMTPResponseException as error:
        raise _refused(error.smtp_code) from error
    except OSError as error:
        raise SendError(type(error).__name__, permanent=False) from error


def message_id(key: str) -> str:
    """The same for every repeat, so that mail programs and servers can drop it."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2]
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"


def _refused(code: int) -> SendError:
    """4xx asks to come back later, 5xx says never (RFC 5321, 4.2.1)."""
    return SendError(f"SMTP {code}", permanent=500 <= code < 600)
