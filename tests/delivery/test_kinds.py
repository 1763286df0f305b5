"""The registry: our kinds of channel, and those that are installed beside us."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.parcels import NOW, parcel
from watchdesk.config.described_schema import described_schema
from watchdesk.config.settings import ChannelSettings
from watchdesk.delivery.channels import KINDS, ChannelKindBroken, build_channels, option_models
from watchdesk.model import Sent

PLUGIN = """
from pydantic import BaseModel
from watchdesk.delivery.kind import ChannelKind
from watchdesk.model import Sent

class Options(BaseModel):
    pager: str

class Pager:
    def __init__(self, options, context):
        self.note = f"{context.name} paged {options.pager}"

    def send(self, parcel, now):
        return Sent(self.note)

KIND = ChannelKind(Options, Pager)
NO_KIND = "something else"
"""


@pytest.fixture
def installed(tmp_path: Path) -> Iterator[Path]:
    """A distribution on the path, as a package installer leaves it; the test writes its entry points."""
    (tmp_path / "pager_channel.py").write_text(PLUGIN)
    about = tmp_path / "pager_channel-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: pager-channel\nVersion: 1.0\n")
    sys.path.insert(0, str(tmp_path))
    yield about / "entry_points.txt"
    sys.path.remove(str(tmp_path))
    sys.modules.pop("pager_channel", None)


def test_the_configuration_is_handed_an_options_model_for_each_kind() -> None:
    assert list(option_models()) == ["email", "webhook", "chat", "files", "maildir", "atom"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_option_of_every_kind_is_frozen_described_and_complete(kind: str) -> None:
    model = KINDS[kind].options
    assert model.model_config["frozen"]
    assert model.model_config["extra"] == "forbid"
    assert all(option.get("description") for option in described_schema(model)["properties"].values())


def test_channels_are_built_under_their_names(tmp_path: Path) -> None:
    options = KINDS["files"].options.model_validate("digests/")
    channels = build_channels([ChannelSettings("shelf", "files", options)], tmp_path)
    assert channels["shelf"].send(parcel(), NOW) == Sent()
    assert (tmp_path / "digests" / "latest-morning.html").exists()


def test_a_kind_by_a_third_party_is_found_by_its_entry_point(installed: Path, tmp_path: Path) -> None:
    installed.write_text("[watchdesk.channels]\npager = pager_channel:KIND\n")
    options = option_models()["pager"].model_validate({"pager": "77"})
    channels = build_channels([ChannelSettings("night", "pager", options)], tmp_path)
    assert channels["night"].send(parcel(), NOW) == Sent("night paged 77")


def test_a_third_party_does_not_replace_a_kind_of_ours(installed: Path) -> None:
    installed.write_text("[watchdesk.channels]\nemail = pager_channel:KIND\n")
    assert option_models()["email"] is KINDS["email"].options


@pytest.mark.parametrize("where", ["pager_channel:ABSENT", "no_such_module:KIND", "pager_channel:NO_KIND"])
def test_a_third_party_that_is_broken_is_told_by_name(installed: Path, where: str) -> None:
    installed.write_text(f"[watchdesk.channels]\npager = {where}\n")
    with pytest.raises(ChannelKindBroken, match=f"the channel kind 'pager' \\({where}\\)"):
        option_models()
