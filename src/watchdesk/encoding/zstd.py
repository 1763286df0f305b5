"""zstd, as the standard library has it from Python 3.14 on and `backports.zstd` before."""

import sys

if sys.version_info >= (3, 14):
    from compression import zstd as zstd
else:
    from backports import zstd as zstd
