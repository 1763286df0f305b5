"""An archive at several sizes: `.venv/bin/python benchmarks/archive/sizes.py --help`.

For each size it makes an archive, builds its index, searches it, runs backtests over it, and composes digests
beside it, each by the program that measures that alone. All figures are CPU time but for sizes.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

_HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(_HERE.parent))

import figures  # noqa: E402
from figures import Figure  # noqa: E402

_PROGRAMS = ("index.py", "looking_back.py", "composing.py")


def main() -> int:
    """Exit status 0; 1 when a limit is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 100_000, 400_000], metavar="ARTICLES")
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    told = [figure for size in options.sizes for figure in _measured(size)]
    print("\n".join(figures.lines(told)))
    if options.json:
        data = "made-up archives of 593 words an article, 5,000 articles a day, on SQLite"
        figures.write(options.json, figures.Told(told, data))
    return int(not all(one.holds for one in told))


def _measured(size: int) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="archive-") as name:
        state = Path(name) / "state"
        _run("load.py", str(size), str(state))
        for program in _PROGRAMS:
            kept = Path(name) / f"{program}.json"
            _run(program, str(state), "--json", str(kept))
            for figure in figures.read(kept).figures:
                yield replace(figure, name=f"{size:,} articles, {figure.name}")


def _run(program: str, *arguments: str) -> None:
    done = subprocess.run([sys.executable, str(_HERE / program), *arguments], check=False)
    if done.returncode not in (0, 1):  # 1: a limit is missed, which is told
        raise RuntimeError(f"{program} ended with {done.returncode}")


if __name__ == "__main__":
    sys.exit(main())
