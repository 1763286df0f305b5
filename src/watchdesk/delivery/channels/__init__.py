"""The kinds of channel: to add one, add a file and one line here. Third parties add theirs by entry
points.

An entry point of the group `watchdesk.channels` has the name of its kind and leads to a `ChannelKind`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, distributions
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from watchdesk.config.network import Authorities, Network
from watchdesk.config.settings import ChannelSettings
from watchdesk.delivery.attempt import Contained, described
from watchdesk.delivery.captured_output import captured_to_log
from watchdesk.delivery.kind import ChannelContext, ChannelKind
from watchdesk.delivery.timeouts import Timeouts
from watchdesk.errors import WatchdeskError
from watchdesk.ports import Channel

if TYPE_CHECKING:
    import ssl

    from pydantic import BaseModel

_GROUP = "watchdesk.channels"

_T = TypeVar("_T")


class _OnDemand(Mapping[str, _T]):
    """Values that are loaded when they are asked for: a kind comes with all that it sends by."""

    def __init__(self, names: Iterable[str], load: Callable[[str], _T]) -> None:
        self._names = tuple(dict.fromkeys(names))
        self._load = load

    def __getitem__(self, name: str) -> _T:
        if name not in self._names:
            raise KeyError(name)
        return self._load(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


@cache
def _ours(name: str) -> ChannelKind:
    kind = import_module(f"{__name__}.{name}").KIND
    assert isinstance(kind, ChannelKind)
    return kind


KINDS: Mapping[str, ChannelKind] = _OnDemand(("email", "webhook", "chat", "files", "maildir", "atom"), _ours)
"""Those that come with watchdesk: each is the `KIND` of the module of its name."""


class ChannelKindBroken(WatchdeskError):
    """A third party's kind of channel is installed but cannot be used."""


class ChannelNotBuilt(WatchdeskError):
    """The code of a channel's kind failed while it made the channel from its options."""

    def __init__(self, channel: ChannelSettings, reason: str) -> None:
        self.channel = channel
        self.reason = reason
        super().__init__(f"the channel '{channel.name}' of kind '{channel.kind}' cannot be made: {reason}")


def option_models() -> "Mapping[str, type[BaseModel]]":
    """What people may write under each kind. Raises `ChannelKindBroken`."""
    kinds = all_kinds()
    return _OnDemand(kinds, lambda name: kinds[name].options)


def build_channels(
    settings: Iterable[ChannelSettings],
    state_directory: Path,
    authorities: Authorities = Authorities(),
    trust: "ssl.SSLContext | None" = None,
) -> Mapping[str, Channel]:
    """The configured channels by name; nothing is connected yet.

    Raises `ChannelKindBroken` and `ChannelNotBuilt`.
    """
    kinds = all_kinds()
    return {
        channel.name: _built(
            channel,
            kinds[channel.kind],
            ChannelContext(
                channel.name, state_directory, channel.timeout, Network(channel.proxies, authorities), trust
            ),
        )
        for channel in settings
    }


def _built(setting: ChannelSettings, kind: ChannelKind, context: ChannelContext) -> Channel:
    try:
        with captured_to_log(channel=setting.name):
            channel = kind.build(setting.options, context)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a third party's code may raise anything, SystemExit included
        raise ChannelNotBuilt(setting, described(error)) from error
    if setting.kind in KINDS:
        return channel
    return Contained(setting.name, channel, Timeouts().within(setting.timeout).whole)


def all_kinds() -> Mapping[str, ChannelKind]:
    """The kinds that come with watchdesk and those of installed packages; on a conflict ours win.

    Raises `ChannelKindBroken`.
    """
    installed = {name: _load(point) for name, point in _installed().items()}
    return _OnDemand((*installed, *KINDS), lambda name: KINDS[name] if name in KINDS else installed[name])


def _installed() -> Mapping[str, EntryPoint]:
    """By name, the first on the path. `importlib.metadata.entry_points` would read those of every package in
    full, at each command.
    """
    points: dict[str, EntryPoint] = {}
    for package in distributions():
        if _GROUP in (package.read_text("entry_points.txt") or ""):
            for point in package.entry_points.select(group=_GROUP):
                points.setdefault(point.name, point)
    return points


def _load(point: EntryPoint) -> ChannelKind:
    try:
        with captured_to_log(kind=point.name):
            kind = point.load()
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a third party's module may raise anything while it is imported
        raise ChannelKindBroken(
            f"the channel kind '{point.name}' ({point.value}) cannot be loaded: {described(error)}; "
            "mend or uninstall the package it comes from"
        ) from error
    if not isinstance(kind, ChannelKind):
        raise ChannelKindBroken(
            f"the channel kind '{point.name}' ({point.value}) is not a ChannelKind; "
            "ask the package it comes from for a newer version"
        )
    return kind
