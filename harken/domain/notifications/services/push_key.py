"""The key pair by which push services know this installation."""

from __future__ import annotations

from base64 import urlsafe_b64encode

from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import IntegrityError, transaction

from harken.domain.notifications.models import PushKey


def push_key() -> PushKey:
    """The key, made the first time it is asked for; of two who ask at once both get the same."""
    known = PushKey.objects.first()
    if known is not None:
        return known
    pair = ec.generate_private_key(ec.SECP256R1())
    pem = pair.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
    point = pair.public_key().public_bytes(form.Encoding.X962, form.PublicFormat.UncompressedPoint)
    public = urlsafe_b64encode(point).rstrip(b"=").decode()
    try:
        with transaction.atomic():
            return PushKey.objects.create(private=pem.decode(), public=public)
    except IntegrityError:
        return PushKey.objects.get()
