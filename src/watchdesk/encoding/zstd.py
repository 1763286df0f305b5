"""zstd, as the standard library has it from Python 3.14 on and `backports.zstd` before."""

import sys
from typing import Any

if sys.version_info >= (3, 14):
    from compression import zstd as zstd
else:
    from backports import zstd as zstd

_WIDEST = 23
"""Of a frame's window, as a power of two: 8 MB. Up to level 12, zstd makes none beyond 22."""


def compressor(level: int, dictionary: Any = None) -> "zstd.ZstdCompressor":
    """Makes frames with length and checksum, and without the number of the dictionary."""
    wanted = zstd.CompressionParameter
    options = {wanted.compression_level: level, wanted.checksum_flag: 1, wanted.dict_id_flag: 0}
    return zstd.ZstdCompressor(
        options={int(name): value for name, value in options.items()}, zstd_dict=dictionary
    )


def checked(content: bytes, level: int = 3) -> bytes:
    """One frame with a checksum: to decompress it raises `ZstdError` where a bit has changed."""
    return compressor(level).compress(content, zstd.ZstdCompressor.FLUSH_FRAME)


def content_of(frame: bytes, most: int, dictionary: Any = None) -> bytes:
    """What one frame holds, which says its length; at most so many bytes.

    Raises `ZstdError` for one that is damaged, was made with another dictionary, or says too much.
    """
    length: int | None = zstd.get_frame_info(frame).decompressed_size
    if length is None or not 0 <= length <= most:
        raise zstd.ZstdError("it claims a length that nobody wrote")
    reader = zstd.ZstdDecompressor(dictionary, {int(zstd.DecompressionParameter.window_log_max): _WIDEST})
    content = reader.decompress(frame, length)
    if not reader.eof or len(content) != length:
        raise zstd.ZstdError("it ends early")
    return content
