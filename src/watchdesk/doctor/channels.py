"""Channels, each tried as far as it can be without sending, by what a delivery goes by."""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import assert_never

from watchdesk.config.secret_places import secrets_of_channel
from watchdesk.config.secrets import SecretMissing
from watchdesk.config.settings import ChannelSettings
from watchdesk.delivery.channels import ChannelKindBroken, ChannelNotBuilt, build_channels
from watchdesk.delivery.folder_option import FolderOptions
from watchdesk.doctor.findings import Finding, Trial, ok, untried, warning, wrong
from watchdesk.doctor.surroundings import Surroundings
from watchdesk.doctor.untried import sending_command
from watchdesk.model import NotReached, NotTried, Probed, Reached
from watchdesk.ports import Probing

SECONDS = timedelta(seconds=15)
"""For one channel; a delivery may wait for longer."""
_SOON = timedelta(days=14)
_SHORTEST = 4
"""Characters of a secret that is looked for in what receivers say."""


def channel_trials(around: Surroundings) -> Iterator[Trial]:
    """One for each, in the order of the configuration."""
    if around.settings is None:
        return
    for channel in around.settings.channels.values():
        yield Trial(f"channel {channel.name}", lambda one=channel: list(_tried(one, around)))  # type: ignore[misc]  # a loop's


def _tried(channel: ChannelSettings, around: Surroundings) -> Iterator[Finding]:
    assert around.settings is not None
    subject, authorities = f"channel {channel.name}", around.settings.authorities
    if bound := channel.elsewhere(os.uname().nodename):
        yield untried(subject, f"only {bound} sends to it: run watchdesk doctor there", None)
        return
    hurried = replace(channel, timeout=min(channel.timeout or SECONDS, SECONDS))
    try:
        built = build_channels([hurried], around.state_directory, authorities, around.trust)
    except (ChannelNotBuilt, ChannelKindBroken) as error:
        yield wrong(subject, str(error))
        return
    one, send = built[channel.name], sending_command(channel.name, around.settings)
    if not isinstance(one, Probing):
        yield untried(subject, f"a channel of kind {channel.kind} has no way to be tried", send)
        return
    if isinstance(channel.options, FolderOptions):
        yield from _confined(subject, around.state_directory / channel.options.path, around)
    told = set(_missing(channel))
    for probed in one.probe(around.account):
        if isinstance(probed, NotReached) and probed.reason in told:
            yield untried(subject, "what needs its secret", "put it there: its own line says where")
            continue
        yield _hidden(_finding(subject, probed, send, around.clock()), channel)


def _missing(channel: ChannelSettings) -> Iterator[str]:
    """What is said of each of its secrets that is not there; the trial of secrets has said it already."""
    for secret in secrets_of_channel(channel):
        try:
            secret.look()
        except SecretMissing as missing:
            yield str(missing)


def _confined(subject: str, folder: Path, around: Surroundings) -> Iterator[Finding]:
    """Where the unit keeps its service from a folder, whoever may write there (systemd.exec(5))."""
    unit = around.unit
    if unit is None or not unit.is_confined:
        return
    path = folder.resolve()
    allowed = [around.state_directory.resolve(), *unit.writable]
    if not any(path.is_relative_to(one) for one in allowed):
        to_do = f"systemctl edit {unit.name}, and add under [Service]: ReadWritePaths={path}"
        yield wrong(subject, f"{unit.name} keeps its service from writing to {path}", to_do)


def _finding(subject: str, probed: Probed, send: str | None, now: datetime) -> Finding:
    match probed:
        case Reached(how_far=how_far, expires=expires, warnings=warnings):
            until, is_soon = _certificate(expires, now)
            if warnings or is_soon:
                said = "; ".join((f"{how_far}{until}", *warnings))
                return warning(subject, said, "have it renewed" if is_soon else None)
            return ok(subject, f"{how_far}{until}")
        case NotReached(reason=reason, advice=advice):
            return wrong(subject, reason, advice, "channel-failing")
        case NotTried(what=what, reason=reason):
            return untried(subject, f"{what}: {reason}", send)
        case _:
            assert_never(probed)


def _certificate(expires: datetime | None, now: datetime) -> tuple[str, bool]:
    if expires is None:
        return "", False
    days = (expires - now) // timedelta(days=1)
    left = "less than a day" if days < 1 else "1 day" if days == 1 else f"{days:,} days"
    return f"; its certificate ends in {left}", expires - now < _SOON


def _hidden(finding: Finding, channel: ChannelSettings) -> Finding:
    """Without the channel's secrets, should a server repeat one. No program runs a second time for it."""
    what = finding.what
    for secret in secrets_of_channel(channel):
        if secret.kind == "command":
            continue
        with suppress(SecretMissing):
            value = secret.reveal()
            if len(value) >= _SHORTEST:
                what = what.replace(value, "********")
    return replace(finding, what=what)
