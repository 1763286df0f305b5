"""Whether systemd is to run a service on a state directory: an enabled unit says so (systemd.unit(5))."""

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

_WANTS = "etc/systemd/system"
_UNITS = (
    "etc/systemd/system",
    "run/systemd/system",
    "usr/local/lib/systemd/system",
    "usr/lib/systemd/system",
)
_STATE = Path("/var/lib")


def enabled_unit(state_directory: Path, root: Path = Path("/")) -> str | None:
    """The name of the enabled unit that serves this state directory; `root` stands for / in tests."""
    wanted = {state_directory.absolute(), state_directory.resolve()}
    for wants in sorted((root / _WANTS).glob("*.target.wants")):
        for link in sorted(wants.glob("watchdesk*.service")):
            served = set(_served(link.name, root))
            if wanted & (served | {path.resolve() for path in served}):
                return link.name
    return None


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """What a unit gives its service, as far as that is written in it (systemd.exec(5))."""

    name: str
    user: str | None = None
    """None: root, or one that systemd makes up."""
    credentials: Mapping[str, str] = field(default_factory=dict)
    """Name → where it comes from."""
    is_confined: bool = False
    """It may write only to its state directory and to `writable`."""
    writable: tuple[Path, ...] = ()


def unit_facts(name: str, root: Path = Path("/")) -> UnitFacts:
    """Reads the unit and its drop-ins; an empty value undoes what came before."""
    user, credentials, writable, confined = None, dict[str, str](), list[Path](), False
    for key, said in _settings(name, root):
        match key:
            case "User":
                user = said or None
            case "LoadCredential" | "LoadCredentialEncrypted" | "SetCredential" | "SetCredentialEncrypted":
                named, _, origin = said.partition(":")
                if named:
                    credentials[named] = origin if key == "LoadCredential" else ""
                else:
                    credentials.clear()
            case "ProtectSystem":
                confined = said == "strict"
            case "ReadWritePaths":
                named_paths = [Path(path.lstrip("-+")) for path in said.split()]
                writable = [*writable, *named_paths] if named_paths else []
            case _:  # rest: open set
                pass
    return UnitFacts(name, user, credentials, confined, tuple(writable))


def _served(name: str, root: Path) -> Iterator[Path]:
    """The state directories that a unit names, by `StateDirectory=` or `--state`."""
    for key, said in _settings(name, root):
        if key == "StateDirectory":
            for directory in said.split():
                yield root / _STATE.relative_to("/") / directory.partition(":")[0]
        elif key == "ExecStart":
            yield from _named_in(said, root)


def _named_in(command: str, root: Path) -> Iterator[Path]:
    try:
        words = shlex.split(command)
    except ValueError:
        return
    for word, following in zip(words, [*words[1:], ""], strict=True):
        given = following if word == "--state" else word.partition("--state=")[2]
        if given.startswith("/"):
            yield root / given[1:]


def _settings(name: str, root: Path) -> Iterator[tuple[str, str]]:
    """The settings of the unit and of its drop-ins, in their order; specifiers (`%i`) are replaced."""
    instance = name.removesuffix(".service").partition("@")[2]
    for path in _files(name, root):
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        for line in text.replace("\\\n", " ").splitlines():
            key, found, value = line.partition("=")
            if found and not line.lstrip().startswith(("#", ";")):
                said = value.strip().replace("%i", instance).replace("%I", instance)
                yield key.strip(), said.replace("%S", str(_STATE))


def _files(name: str, root: Path) -> Iterator[Path]:
    stem, at, _ = name.removesuffix(".service").partition("@")
    names = [name, f"{stem}@.service"] if at else [name]
    folders = [root / folder for folder in _UNITS]
    main = (folder / one for one in names for folder in folders if (folder / one).is_file())
    yield from list(main)[:1]
    for one in reversed(names):
        for folder in folders:
            yield from sorted((folder / f"{one}.d").glob("*.conf"))
