"""Lets standard output and error have any encoding: what they cannot show becomes a question mark."""

import codecs
import contextlib
import io
import sys
from typing import TextIO

_ASCII = "watchdesk-ascii"


def speak_any_encoding() -> None:
    """Makes both streams replace characters that their encoding lacks, so that no headline ends a command.

    Closed streams, and streams that a test has put in their place, stay as they are.
    """
    codecs.register(_ascii_codec)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # click writes UTF-8 to streams that call themselves ASCII, which cannot show it.
            is_ascii = codecs.lookup(stream.encoding).name == "ascii"
            with contextlib.suppress(ValueError):
                stream.reconfigure(encoding=_ASCII if is_ascii else None, errors="replace")


def speaks_unicode(stream: TextIO) -> bool:
    """Whether the stream can show every character."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return codecs.lookup(encoding).name.startswith("utf")


def _ascii_codec(name: str) -> codecs.CodecInfo | None:
    if name.replace("_", "-") != _ASCII:
        return None
    plain = codecs.lookup("ascii")
    return codecs.CodecInfo(
        plain.encode,
        plain.decode,
        plain.streamreader,
        plain.streamwriter,
        plain.incrementalencoder,
        plain.incrementaldecoder,
        name=_ASCII,
    )
