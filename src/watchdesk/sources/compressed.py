"""Decompresses documents that are gzip files themselves, as sitemaps often are, within a bound. Pure.

For what a server compresses for transfer (Content-Encoding) see `web.codings`.
"""

import zlib

from watchdesk.errors import UnreadableInput

_MAGIC = b"\x1f\x8b"
_GZIP = 16 + zlib.MAX_WBITS


def is_gzip(body: bytes) -> bool:
    """Whether it begins with gzip's two magic bytes (RFC 1952 §2.3.1)."""
    return body.startswith(_MAGIC)


def decompressed(body: bytes, most: int) -> tuple[bytes, bool]:
    """The content of a gzip file of one or more members, and whether it is complete; another body as it is.

    Raises `UnreadableInput` as soon as the content exceeds `most` bytes, and when nothing can be read.
    """
    if not is_gzip(body):
        return body, True
    parts: list[bytes] = []
    left, complete = most, True
    while is_gzip(body) and complete:
        stream = zlib.decompressobj(_GZIP)
        try:
            part = stream.decompress(body, left + 1)
        except zlib.error:
            part = b""
        left -= len(part)
        if left < 0:
            raise UnreadableInput(f"it is a gzip file of more than {most:,} bytes, and was not read")
        parts.append(part)
        complete, body = stream.eof, stream.unused_data
    whole = b"".join(parts)
    if not whole:
        raise UnreadableInput("it is a gzip file that is damaged or empty")
    return whole, complete
