"""Builds what a release consists of, into dist/: wheel, sources, Debian package, bill of materials, site.

Two runs on one commit give the same bytes; SHA256SUMS holds what they are.
"""

import argparse
import gzip
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from watchdesk import __version__

ROOT = Path(__file__).parents[1]
DIST = ROOT / "dist"
SUMS = "SHA256SUMS"
HOME = "usr/lib/watchdesk"


def main() -> None:
    """Builds all of it, or the Debian package alone."""
    reader = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    reader.add_argument("--deb-only", action="store_true", help="the Debian package alone")
    reader.add_argument("--version", help="of the Debian package, if not the program's")
    reader.add_argument("--cyclonedx", type=Path, help="the program that lists what the package is made of")
    asked = reader.parse_args()
    os.environ["SOURCE_DATE_EPOCH"] = _said("git", "log", "-1", "--format=%ct").strip()
    os.environ["PYTHONHASHSEED"] = "0"
    if _said("git", "status", "--porcelain"):
        print("There are changes that are in no commit: what is built has them.", file=sys.stderr)
    if not asked.deb_only:
        shutil.rmtree(DIST, ignore_errors=True)  # all that is there is published
    DIST.mkdir(exist_ok=True)
    for package in DIST.glob("watchdesk_*.deb"):
        package.unlink()  # the image is made of the one that is there
    with tempfile.TemporaryDirectory() as made:
        work = Path(made)
        build(work, *(["wheel"] if asked.deb_only else ["wheel", "sdist"]))
        (wheel,) = work.glob("*.whl")
        tree = work / "tree"
        script = str(ROOT / "packaging/deb.py")
        version = [f"--version={asked.version}"] if asked.version else []
        _run(sys.executable, script, str(wheel), str(DIST), *version, f"--keep={tree}")
        if not asked.deb_only:
            for built in (wheel, *work.glob("*.tar.gz")):
                shutil.copy(built, DIST)
            _bill(asked.cyclonedx, tree, DIST / f"watchdesk-{__version__}.cdx.json")
            _site(work / "site", DIST / f"watchdesk-{__version__}-site.tar.gz")
            _sums()


def build(work: Path, *kinds: str) -> None:
    """Builds a wheel or a source archive into a folder, of what git does not ignore.

    Of that alone there is a copy for it: where the repository stands below one of a name that it ignores,
    such as /var, hatchling takes all that it finds.
    """
    sources = work / "sources"
    listed = _said("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    for name in filter(None, listed.split("\0")):
        (sources / name).parent.mkdir(parents=True, exist_ok=True)
        if os.path.lexists(ROOT / name):  # one that was deleted stands in the list
            shutil.copy2(ROOT / name, sources / name, follow_symlinks=False)
    targets = [f"--target={kind}" for kind in kinds]
    command = [sys.executable, "-m", "hatchling", "build", *targets, f"--directory={work}"]
    subprocess.run(command, check=True, cwd=sources)


def _bill(program: Path, tree: Path, to: Path) -> None:
    """Lists the packages as they stand in the Debian package, which has them from the lock file."""
    command = [str(program), "environment", str(tree / HOME / "bin/python3")]
    command += [f"--pyproject={ROOT / 'pyproject.toml'}", "--output-reproducible"]
    _run(*command, "--output-format=JSON", f"--output-file={to}")


def _site(folder: Path, to: Path) -> None:
    """The documentation as pages, in one archive."""
    os.environ["NO_MKDOCS_2_WARNING"] = "1"
    _run(sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", f"--site-dir={folder}")
    moment = int(os.environ["SOURCE_DATE_EPOCH"])

    def plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.mtime, member.uid, member.gid, member.uname, member.gname = moment, 0, 0, "", ""
        member.mode = 0o755 if member.isdir() else 0o644
        return member

    with (
        to.open("wb") as file,
        gzip.GzipFile(filename="", fileobj=file, mode="wb", mtime=moment) as packed,
        tarfile.open(fileobj=packed, mode="w") as archive,
    ):
        for path in sorted(folder.rglob("*")):
            name = Path(f"watchdesk-{__version__}-site") / path.relative_to(folder)
            archive.add(path, str(name), recursive=False, filter=plain)


def _sums() -> None:
    built = [path for path in sorted(DIST.iterdir()) if path.is_file() and path.name != SUMS]
    lines = (f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in built)
    (DIST / SUMS).write_text("".join(lines), encoding="utf-8")
    print((DIST / SUMS).read_text(encoding="utf-8"), end="")


def _run(*command: str) -> None:
    subprocess.run(command, check=True, cwd=ROOT)


def _said(*command: str) -> str:
    return subprocess.run(command, check=True, cwd=ROOT, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main()
