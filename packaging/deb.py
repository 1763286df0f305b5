"""Builds watchdesk_VERSION_ARCH.deb: watchdesk with its own environment, for one Debian and its Python.

`python packaging/deb.py WHEEL OUT [--version VERSION]` takes the locked packages of
requirements/run-postgresql.txt, the wheel, and what is in systemd/ and packaging/debian/, and calls dpkg-deb.
The package has the wheel's version, as Debian orders versions: 0.2.0~dev0 for 0.2.0.dev0.
With SOURCE_DATE_EPOCH set, two runs on one commit give the same bytes. Nothing in the package is compiled:
the machine that installs it does that (postinst), 3,900 files in seven seconds of one processor; compiled
files would make the package larger by a third (17 MB).
"""

import argparse
import gzip
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import manual

ROOT = Path(__file__).parents[1]
PYTHON = Path("/usr/bin/python3.11")
"""Of Debian 12."""
HOME = "usr/lib/watchdesk"
SITE = f"{HOME}/lib/python3.11/site-packages"
LOCK = ROOT / "requirements" / "run-postgresql.txt"
PROGRAM = f"""\
#!/{HOME}/bin/python3
import sys

from watchdesk.cli import main

sys.argv[0] = "watchdesk"
main()
"""
PYVENV = "home = /usr/bin\ninclude-system-site-packages = false\nversion = 3.11\n"


def main() -> None:
    """Builds one package, and prints where it is."""
    reader = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    reader.add_argument("wheel", type=Path)
    reader.add_argument("out", type=Path)
    reader.add_argument("--version", help="of the package, if not the wheel's")
    reader.add_argument("--keep", type=Path, help="leave the unpacked tree here")
    asked = reader.parse_args()
    if not PYTHON.exists() or shutil.which("dpkg-deb") is None:
        sys.exit(f"The package is for Debian 12: it is built where {PYTHON} and dpkg-deb are.")
    with tempfile.TemporaryDirectory() as made:
        tree = asked.keep or Path(made) / "tree"
        if tree.exists():
            shutil.rmtree(tree)
        tree.mkdir(parents=True)
        _fill(tree, asked.wheel)
        architecture = _said("dpkg", "--print-architecture").strip()
        version = asked.version or debian_version(asked.wheel.name.split("-")[1])
        _control(tree, version, architecture)
        _settle(tree)
        package = asked.out / f"watchdesk_{version}_{architecture}.deb"
        asked.out.mkdir(parents=True, exist_ok=True)
        # One thread: how the work is parted would depend on how many there are.
        build = [
            "dpkg-deb",
            "--root-owner-group",
            "--threads-max=1",
            "-Zzstd",
            "-z9",
            "--build",
            str(tree),
            str(package),
        ]
        subprocess.run(build, check=True, stdout=subprocess.DEVNULL)
    print(package)


def debian_version(version: str) -> str:
    """Of 0.2.0.dev0 and 0.2.0rc1 (PEP 440): 0.2.0~dev0 and 0.2.0~rc1, which dpkg puts before 0.2.0."""
    return re.sub(r"\.?(dev|rc)(\d+)$", r"~\1\2", version)


def _fill(tree: Path, wheel: Path) -> None:
    _environment(tree, wheel)
    _program(tree)
    for unit in sorted((ROOT / "systemd").glob("*.service")):
        _copy(unit, tree / "usr/lib/systemd/system" / unit.name)
    _copy(ROOT / "systemd/watchdesk.sysusers", tree / "usr/lib/sysusers.d/watchdesk.conf")
    _copy(ROOT / "systemd/watchdesk.tmpfiles", tree / "usr/lib/tmpfiles.d/watchdesk.conf")
    _copy(ROOT / "packaging/debian/default", tree / "etc/default/watchdesk")
    documents = tree / "usr/share/doc/watchdesk"
    _copy(ROOT / "packaging/debian/copyright", documents / "copyright")
    _copy(ROOT / "README.md", documents / "README.md")
    for page in sorted((ROOT / "docs").glob("*.md")):
        _copy(page, documents / "docs" / page.name)
    _compressed((ROOT / "CHANGELOG.md").read_bytes(), documents / "changelog.gz")
    page = ROOT / "share" / manual.PAGE
    _compressed(page.read_bytes(), tree / "usr/share" / f"{manual.PAGE}.gz")
    for place in manual.COMPLETIONS.values():
        _copy(ROOT / "share" / place, tree / "usr/share" / place)


def _environment(tree: Path, wheel: Path) -> None:
    """The locked packages as that Python takes them, and watchdesk; no caches, no scripts of others."""
    site = tree / SITE
    install = [_uv(), "pip", "install", "--quiet", "--python", str(PYTHON), "--target", str(site)]
    install += ["--require-hashes", "--no-deps", "--link-mode", "copy", "--requirement", str(LOCK)]
    if subprocess.run(install, check=False, stderr=subprocess.DEVNULL).returncode:
        # Again with the system's certificates, for a network that has an authority of its own.
        subprocess.run([*install, "--system-certs"], check=True)
    shutil.rmtree(site / "bin", ignore_errors=True)
    (site / ".lock").unlink(missing_ok=True)
    for cache in sorted(site.rglob("__pycache__")):
        shutil.rmtree(cache)
    with zipfile.ZipFile(wheel) as packed:
        # What the wheel puts below share/ is where Debian looks for it.
        packed.extractall(site, [name for name in packed.namelist() if ".data/" not in name])


def _program(tree: Path) -> None:
    _write(tree / HOME / "pyvenv.cfg", PYVENV)
    _write(tree / HOME / "bin/watchdesk", PROGRAM, 0o755)
    (tree / HOME / "bin/python3").symlink_to(PYTHON)
    (tree / "usr/bin").mkdir(parents=True)
    (tree / "usr/bin/watchdesk").symlink_to(f"../lib/watchdesk/bin/{'watchdesk'}")


def _control(tree: Path, version: str, architecture: str) -> None:
    folder = ROOT / "packaging/debian"
    size = sum(-(-path.lstat().st_size // 1024) for path in _files(tree))
    told = {"VERSION": version, "ARCHITECTURE": architecture, "SIZE": str(size)}
    control = (folder / "control").read_text(encoding="utf-8")
    for name, value in told.items():
        control = control.replace(f"@{name}@", value)
    sums = (f"{_md5(path)}  {path.relative_to(tree)}\n" for path in _files(tree) if "etc" not in path.parts)
    listed = "".join(sums)
    _write(tree / "DEBIAN/control", control)
    _write(tree / "DEBIAN/md5sums", listed)
    _write(tree / "DEBIAN/conffiles", "/etc/default/watchdesk\n")
    for script in ("preinst", "postinst", "prerm", "postrm"):
        _write(tree / "DEBIAN" / script, (folder / script).read_text(encoding="utf-8"), 0o755)


def _settle(tree: Path) -> None:
    """Modes and times that do not depend on who builds, and when."""
    moment = int(os.environ.get("SOURCE_DATE_EPOCH", "0"))
    for path in (tree, *sorted(tree.rglob("*"))):
        if not path.is_symlink():
            runs = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if runs else 0o644)
        os.utime(path, (moment, moment), follow_symlinks=False)


def _files(tree: Path) -> Iterator[Path]:
    return (path for path in sorted(tree.rglob("*")) if path.is_file() and not path.is_symlink())


def _copy(origin: Path, to: Path) -> None:
    _write(to, origin.read_text(encoding="utf-8"))


def _write(path: Path, text: str, mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)


def _compressed(content: bytes, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_bytes(gzip.compress(content, 9, mtime=0))


def _md5(path: Path) -> str:
    return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()


def _uv() -> str:
    return str(Path(sys.executable).parent / "uv")


def _said(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main()
