"""A kind of channel: its options, and how they become a channel.

`channels` has the registry; a third party registers a `ChannelKind` as an entry point.
"""

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from watchdesk.config.network import Network
from watchdesk.ports import Channel


@dataclass(frozen=True, slots=True)
class ChannelContext:
    """What a channel may know besides its options."""

    name: str
    """As the configuration names the channel."""
    state_directory: Path
    """Where relative paths in options lead from."""
    timeout: timedelta | None = None
    """How long one sending may take in all; None: what the kind allows itself."""
    network: Network = Network()
    """The channel's proxies, and whose certificates are believed."""
    trust: ssl.SSLContext | None = None
    """Those certificates as a context that all who speak HTTP share; None: to be made."""


@dataclass(frozen=True, slots=True)
class ChannelKind:
    """One kind of channel."""

    options: type[BaseModel]
    """Frozen, refuses unknown keys, describes every field, checks its own contradictions."""
    build: Callable[[Any, ChannelContext], Channel]
    """Makes a channel from an instance of `options`; opens no connection."""
