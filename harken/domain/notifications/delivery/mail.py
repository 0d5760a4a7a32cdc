"""By e-mail, through the operator's mail server."""

from __future__ import annotations

import smtplib
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage

from harken.domain.notifications.delivery.letter import Later, Letter, Refused

FOR_GOOD = 500  # SMTP replies from here on are permanent (RFC 5321, section 4.2.1)


def send(letter: Letter) -> None:
    """Give the letter to the mail server. Raises `Refused` or `Later`."""
    if not settings.MAIL_IS_SET_UP:
        raise Refused("no mail server is set (HARKEN_SMTP_URL)")
    place = f"{settings.PUBLIC_URL}{letter.path}" if settings.PUBLIC_URL else "Open Harken to see."
    host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    message = EmailMessage(
        subject=" ".join(letter.title.split()),
        body="\n".join([letter.title, *letter.lines, "", place, "", "-- ", *FOOT]),
        to=[letter.address],
        headers={
            # The same however often it is tried: a repeat folds into the first.
            "Message-ID": f"<{letter.tag}.{letter.deliveries[0]}@{host}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as error:
        code = max((code for code, _ in error.recipients.values()), default=0)
        raise _outcome(code, "the mail server refuses this mailbox") from error
    except smtplib.SMTPResponseException as error:
        raise _outcome(error.smtp_code, f"the mail server answered {error.smtp_code}") from error
    except (smtplib.SMTPException, OSError) as error:
        raise Later(f"the mail server cannot be reached: {error}") from error


FOOT = ("Harken. Which of these reach you, and when: My settings, Notifications.",)


def _outcome(code: int, sentence: str) -> Refused | Later:
    return Refused(sentence) if code >= FOR_GOOD else Later(sentence)
