"""Undoes Content-Encoding piece by piece (RFC 9110 §8.4.1), so that memory stays bounded.

urllib3's own decoders will not do: they take a stream that ends early for a complete one, and let a zstd
stream ask for a window of 128 MB.
"""

import zlib
from collections.abc import Callable, Iterable, Iterator

import brotli
from urllib3.exceptions import DecodeError

from watchdesk.encoding.zstd import zstd

ASKED_FOR = "gzip, br, zstd"
"""Accept-Encoding. Not deflate: servers disagree on what it means (RFC 9110 §8.4.1.2)."""

_PIECE = 64 * 1024
_MOST = 5
"""Codings applied one after the other."""
_WIDEST = 23
"""A zstd stream's largest window, as a power of two: 8 MB, the most that HTTP allows (RFC 9659 §3)."""

_Stage = Callable[[Iterable[bytes]], Iterator[bytes]]


def decoded(chunks: Iterable[bytes], coding: str) -> Iterable[bytes]:
    """The decoded body in pieces, lazily; `coding` is the Content-Encoding header.

    An unknown coding is ignored: it is usually a slip, such as `utf-8`. Raises `DecodeError` for a stream
    that is damaged or ends early.
    """
    names = [name.strip().lower() for name in coding.split(",")]
    if len(names) > _MOST:
        raise DecodeError(f"{len(names)} codings one upon the other")
    for name in reversed(names):
        if name in _STAGES:
            chunks = _STAGES[name](chunks)
    return chunks


def _gzip(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Members one after the other (RFC 1952 §2.2); anything else after the last is ignored."""
    member, members, gave = None, 0, False
    for chunk in chunks:
        rest = chunk
        while rest:
            if member is None:
                member = zlib.decompressobj(16 + zlib.MAX_WBITS)
                members, gave = members + 1, False
            try:
                for piece in _inflated(member, rest):
                    gave = gave or bool(piece)
                    yield piece
            except DecodeError:
                if members > 1:
                    return
                raise
            rest, member = (member.unused_data, None) if member.eof else (b"", member)
    if member is not None and (members == 1 or gave):
        raise DecodeError("gzip ends early")


def _deflate(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """zlib's format, or raw deflate, as some servers send it."""
    stream, head = None, b""
    for chunk in chunks:
        if stream is not None:
            yield from _inflated(stream, chunk)
            continue
        head += chunk
        if len(head) >= 2:  # enough to recognise zlib's header
            framed = head[0] & 0x0F == 8 and int.from_bytes(head[:2]) % 31 == 0
            stream = zlib.decompressobj(zlib.MAX_WBITS if framed else -zlib.MAX_WBITS)
            yield from _inflated(stream, head)
    if not stream.eof if stream else head:
        raise DecodeError("deflate ends early")


def _inflated(stream: "zlib._Decompress", chunk: bytes) -> Iterator[bytes]:
    more = not stream.eof
    while more:
        try:
            piece = stream.decompress(chunk, _PIECE)
        except zlib.error as error:
            raise DecodeError("damaged", error) from error
        yield piece
        chunk = stream.unconsumed_tail
        # Input that is consumed and not yet output leaves no unconsumed tail.
        more = not stream.eof and (bool(chunk) or len(piece) == _PIECE)


def _brotli(chunks: Iterable[bytes]) -> Iterator[bytes]:
    stream, begun = brotli.Decompressor(), False
    try:
        for chunk in chunks:
            begun = True
            if not stream.is_finished():
                yield stream.process(chunk, output_buffer_limit=_PIECE)
            while not stream.can_accept_more_data():
                yield stream.process(b"", output_buffer_limit=_PIECE)
    except brotli.error as error:
        raise DecodeError("br", error) from error
    if begun and not stream.is_finished():
        raise DecodeError("br ends early")


def _zstd(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Frames one after the other (RFC 8878 §3)."""
    frame = None
    options = {int(zstd.DecompressionParameter.window_log_max): _WIDEST}
    try:
        for chunk in chunks:
            rest = chunk
            while rest:
                frame = frame or zstd.ZstdDecompressor(options=options)
                yield frame.decompress(rest, _PIECE)
                while not (frame.eof or frame.needs_input):
                    yield frame.decompress(b"", _PIECE)
                rest, frame = (frame.unused_data, None) if frame.eof else (b"", frame)
    except zstd.ZstdError as error:
        raise DecodeError("zstd", error) from error
    if frame is not None:
        raise DecodeError("zstd ends early")


_STAGES: dict[str, _Stage] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
