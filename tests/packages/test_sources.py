"""The source archive has what git has, wherever the repository stands."""

import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
BUILD = "import sys; from pathlib import Path; import dist; dist.build(Path(sys.argv[1]), 'sdist')"


def said(*command: str, cwd: Path) -> str:
    return subprocess.run(command, cwd=cwd, check=True, capture_output=True, text=True).stdout


def make_repository(tree: Path) -> None:
    """One with what is here, which may be a copy without a repository."""
    if (ROOT / ".git").exists():
        said("git", "clone", "--quiet", "--shared", str(ROOT), str(tree), cwd=ROOT)
        return
    ignored = shutil.ignore_patterns(
        ".*_cache", ".venv*", ".hypothesis", "__pycache__", "build", "dist", "var"
    )
    shutil.copytree(ROOT, tree, symlinks=True, ignore=ignored)
    said("git", "init", "--quiet", cwd=tree)
    said("git", "add", "--all", cwd=tree)


def content_of_wheel(tree: Path) -> dict[str, bytes]:
    said(sys.executable, "-m", "hatchling", "build", "--target=wheel", "--directory=built", cwd=tree)
    (wheel,) = (tree / "built").glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def test_what_is_ignored_is_in_no_archive_also_below_a_folder_of_that_name(tmp_path: Path) -> None:
    place = Path(tempfile.mkdtemp(dir="/var/tmp"))  # `var` is ignored, as the state of a desk
    try:
        tree = place / "tree"
        make_repository(tree)
        (tree / ".venv-release").mkdir()
        (tree / ".venv-release" / "secret").write_text("of this machine")
        said(sys.executable, "-c", BUILD, str(tmp_path), cwd=tree / "packaging")
        (archive,) = tmp_path.glob("*.tar.gz")
        with tarfile.open(archive) as packed:
            held = {name.partition("/")[2] for name in packed.getnames()}
            packed.extractall(tmp_path, filter="data")
        there = set(said("git", "ls-files", "-z", cwd=tree).split("\0")) - {"", "src/watchdesk/shipped"}
        shipped = {
            f"src/watchdesk/shipped/{name.partition('/')[2]}" for name in there if name.startswith("config/")
        }
        assert held == there | shipped | {"PKG-INFO"}
        (unpacked,) = (path for path in tmp_path.glob("watchdesk-*") if path.is_dir())
        assert content_of_wheel(unpacked) == content_of_wheel(tree)
    finally:
        shutil.rmtree(place)
