"""Owners of rules and digests hear of their troubles besides the operators, once, and of the end of each."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel

from watchdesk.config.settings import ChannelSettings, DigestSettings, Settings
from watchdesk.model import ReportedTrouble
from watchdesk.model.rule_folders import RefusedFolder
from watchdesk.notices import Before, Cause, news, subjects, trouble_of
from watchdesk.notices.channels import ChannelFailing
from watchdesk.notices.dead_letters import DeadDigests
from watchdesk.notices.digests import DigestFailed, TemplateBroken
from watchdesk.notices.rules import FolderRefused, ThresholdFromBefore
from watchdesk.remembered import OldThreshold

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FOLDER = RefusedFolder("energy", ("rules/energy/a.yaml:1:1: no",), owners=("energy", "gone"))
REFUSED = FolderRefused(FOLDER)
MORNING = DigestFailed("morning", "a bug")
Told = Mapping[tuple[str, ...], tuple[list[str], list[str]]]


def told(
    causes: Collection[Cause],
    settings: Settings,
    reported: Sequence[Cause] = (),
    stopped: Collection[str] = (),
    refused: Sequence[RefusedFolder] = (FOLDER,),
) -> Told:
    """By channels: keys of what is wrong, and of what is over."""
    troubles = map(trouble_of, reported)
    before = {
        one.cause: ReportedTrouble(NOW, one.recovery, one.subject, concerns=one.concerns) for one in troubles
    }
    of_rules, of_folders = {"gas": ("energy",)}, {"energy": ("energy",)}
    owners = subjects.of_owners(settings, of_rules, of_folders, refused)
    found = news(causes, Before(before, None), settings, stopped, NOW, owners)
    return {
        to: ([one.cause for one in said.troubles], [one.cause for one in said.over])
        for to, said in found.notices.items()
    }


class Options(BaseModel):
    """Of a channel that nobody sends through."""


def desk(*operators: str) -> Settings:
    """One with three channels, and with a digest that one of them looks after."""
    channels = {
        name: ChannelSettings(name=name, kind="files", options=Options())
        for name in ("ops", "energy", "press")
    }
    morning = DigestSettings(name="morning", title="Morning", to=("ops",), owner=("press",))
    return Settings(directory=Path(), channels=channels, digests={"morning": morning}, operators=operators)


def test_an_owner_is_told_with_the_operators_and_of_nothing_else() -> None:
    failing = ChannelFailing("wire", 1, "no", partly=False)
    assert told([REFUSED, MORNING, failing], desk("ops")) == {
        ("ops", "energy"): (["rules:energy"], []),
        ("ops", "press"): (["digest:morning"], []),
        ("ops",): (["failing:wire"], []),
    }


def test_an_owner_who_is_an_operator_is_told_once() -> None:
    assert told([REFUSED], desk("energy", "ops")) == {("energy", "ops"): (["rules:energy"], [])}


def test_an_owner_is_told_where_there_are_no_operators() -> None:
    assert told([REFUSED, MORNING], desk()) == {
        ("energy",): (["rules:energy"], []),
        ("press",): (["digest:morning"], []),
    }


def test_what_was_told_is_not_told_again_and_its_end_is_told_to_the_same() -> None:
    assert told([REFUSED, MORNING], desk("ops"), [REFUSED, MORNING]) == {}
    assert told([], desk("ops"), [REFUSED, MORNING], refused=()) == {
        ("ops", "energy"): ([], ["rules:energy"]),
        ("ops", "press"): ([], ["digest:morning"]),
    }


def test_an_owner_hears_the_end_of_all_dead_letters_once() -> None:
    dead = [
        DeadDigests("ops", "550", 1, "550 no", ("morning",)),
        DeadDigests("ops", "552", 1, "552 no", ("evening",)),
    ]
    assert told([], desk("ops"), dead, refused=()) == {("ops", "press"): ([], ["dead:ops:552"])}


def test_a_channel_that_is_stopped_keeps_nobody_else_from_hearing() -> None:
    assert told([REFUSED], desk("ops"), stopped=["energy"]) == {("ops",): (["rules:energy"], [])}


def test_owners_hear_of_all_that_is_known_of_their_rules_and_digests() -> None:
    threshold = ThresholdFromBefore(OldThreshold("gas", 4.0, 1, 2, NOW))
    dead = DeadDigests("wire", "550", 1, "550 no", ("morning", "evening"))
    template = TemplateBroken("morning.html.j2", "it is broken")
    general = TemplateBroken("digest.html.j2", "it is broken")
    assert told([threshold, dead, template, general], desk()) == {
        ("energy",): (["at_least:gas"], []),
        ("press",): (["dead:wire:550", "template:morning.html.j2"], []),
    }
