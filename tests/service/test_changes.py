"""What a reload changed, in one line."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import BaseModel

from watchdesk.config.settings import ChannelSettings, DigestSettings, PollingSettings, Settings
from watchdesk.digests import Templates
from watchdesk.model import Source
from watchdesk.plan import Configured
from watchdesk.rules import RuleSet
from watchdesk.service.changes import changes_between, most_gone

LISTS = "lists:\n  allies: [Belgium, Canada]\nrules:\n"
RULES = f"{LISTS}  nato: {{title: NATO, query: NATO OR @allies, examples: {{matches: [NATO]}}}}\n"


class Options(BaseModel):
    url: str = ""


class Odd(BaseModel):
    """A third party's."""

    __hash__ = None  # type: ignore[assignment]  # as Python makes it beside `__eq__`

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("no")


SETTINGS = Settings(
    Path(),
    channels={"desk": ChannelSettings("desk", "hook", Options(url="a"))},
    digests={"flash": DigestSettings(name="flash", title="Flash", to=("desk",))},
    sources={"wire": Source("wire", "http://wire.example/")},
)


def said(
    rules: str = RULES, before: str = RULES, templates: Templates | None = None, **changes: object
) -> str:
    """Of the outlines of rules, which is all that the service has of them."""
    old = Configured(SETTINGS, RuleSet.from_yaml(before).outline())
    settings = replace(SETTINGS, **changes)  # type: ignore[arg-type]  # named by the tests
    new = Configured(settings, RuleSet.from_yaml(rules).outline(), templates=templates or Templates())
    return changes_between(old, new).in_words


NATO = "  nato: {title: NATO, query: NATO OR @allies}\n"


@pytest.mark.parametrize(
    ("rules", "line"),
    [
        (RULES, "nothing changed"),
        (f"# moved\n\n{LISTS}{NATO}", "nothing changed"),
        (f"{LISTS}  grain: {{query: grain}}\n{NATO}", "rules: +1 −0 ~0"),
        ("rules: {}\n", "rules: +0 −1 ~0"),
        (f"{LISTS}  other: {{query: NATO OR @allies}}\n", "rules: +1 −1 ~0"),
        (RULES.replace("NATO OR", "stem(NATO) OR"), "rules: +0 −0 ~1"),
        (RULES.replace("Canada", "Denmark"), "rules: +0 −0 ~1"),
        (RULES.replace("title: NATO", "title: Nato"), "rules: +0 −0 ~1"),
        (RULES.replace("title: NATO", "title: NATO, backfill: 7d"), "rules: +0 −0 ~1"),
    ],
)
def test_rules(rules: str, line: str) -> None:
    assert said(rules) == line


def test_everything_else() -> None:
    wire, more = replace(SETTINGS.sources["wire"], title="The Wire"), Source("more", "http://more.example/")
    assert said(sources={"wire": wire, "more": more}) == "sources: +1 ~1"
    assert said(sources={}, digests={}, channels={}) == "sources: −1; digests: −1; channels: −1"
    hook = ChannelSettings("desk", "hook", Options(url="b"))
    assert said(channels={"desk": hook}) == "channels: ~1"
    assert said(operators=("desk",), timezone=ZoneInfo("UTC")) == "settings: operators"
    polling = PollingSettings(every=timedelta(hours=1), workers=2)
    assert said(polling=polling) == "settings: polling.every, polling.workers"
    assert said(templates=Templates({"digest.txt.j2": ""})) == "templates"
    assert said("rules: {}\n", sources={}) == "rules: +0 −1 ~0; sources: −1"


def test_options_of_a_third_party_that_cannot_be_compared_count_as_changed() -> None:
    odd = ChannelSettings("desk", "odd", Odd())
    before = Configured(replace(SETTINGS, channels={"desk": odd}), RuleSet(()))
    after = Configured(replace(SETTINGS, channels={"desk": replace(odd, options=Odd())}), RuleSet(()))
    assert changes_between(before, after).in_words == "channels: ~1"


@pytest.mark.parametrize(
    ("were", "are", "told"), [(11, 5, True), (5, 0, True), (10, 5, False), (11, 7, False), (4, 0, False)]
)
def test_that_most_are_gone_is_told(were: int, are: int, told: bool) -> None:
    def with_sources(count: int) -> Configured:
        sources = {f"s{n}": Source(f"s{n}", f"http://s{n}.example/") for n in range(count)}
        return Configured(replace(SETTINGS, sources=sources), RuleSet(()))

    said = list(most_gone(with_sources(were).outline, with_sources(are).outline))
    assert [f"has {are} sources instead of {were}." in one for one in said] == [True] * told
