"""Signs requests by Standard Webhooks: scheme v1, HMAC-SHA256 over id, time and body. Pure.

A secret that begins with `whsec_` is the base64 of the key; any other is the key itself, in UTF-8.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime

_PREFIX = "whsec_"


def key_of(secret: str) -> bytes:
    """The key that a secret stands for. Raises `ValueError` when what follows `whsec_` is not base64."""
    if not secret.startswith(_PREFIX):
        return secret.encode("utf-8")
    encoded = secret.removeprefix(_PREFIX)
    try:
        key = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except binascii.Error:
        key = b""
    if not key:
        raise ValueError("a secret that begins with whsec_ goes on in base64, and this one does not")
    return key


def signed_headers(identity: str, body: bytes, keys: Sequence[bytes], now: datetime) -> Mapping[str, str]:
    """The headers webhook-id, webhook-timestamp and, if there are keys, webhook-signature with one for
    each.
    """
    moment = str(int(now.timestamp()))
    headers = {"webhook-id": identity, "webhook-timestamp": moment}
    if keys:
        content = f"{identity}.{moment}.".encode() + body
        headers["webhook-signature"] = " ".join(_signature(key, content) for key in keys)
    return headers


def _signature(key: bytes, content: bytes) -> str:
    return "v1," + base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode("ascii")
