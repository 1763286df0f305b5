"""What docs/channels.md shows works as it is shown."""

import base64
import json
import re
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from support.desk import SETTINGS, DeskFiles, item, rss
from support.pages import codes, tables
from support.parcels import parcel
from support.web import Answer, WebServer
from watchdesk.config import read_settings
from watchdesk.config.places import Problems
from watchdesk.delivery.channels import KINDS, option_models
from watchdesk.delivery.channels.webhook import WebhookChannel, WebhookOptions
from watchdesk.model import Sent

PAGE = (Path(__file__).parents[2] / "docs" / "channels.md").read_text(encoding="utf-8")
OURS, _, YOURS = PAGE.partition("## A channel of your own")


def blocks(language: str, text: str = PAGE) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


@pytest.mark.parametrize("shown", blocks("yaml", OURS))
def test_the_channels_shown_are_good_as_they_stand(shown: str, tmp_path: Path) -> None:
    (tmp_path / "watchdesk.yaml").write_text(shown)
    (tmp_path / "sources.yaml").write_text("sources: {}\n")
    problems = Problems()
    assert read_settings(tmp_path, problems, option_models())
    said = [problem.render() for problem in problems]
    # Files and variables of the reader's are not here.
    assert [line for line in said if "nothing can be sent like this" not in line] == []


def test_the_addresses_of_chats_are_read_as_they_stand(tmp_path: Path) -> None:
    chats = [row for table in tables(OURS) for row in table if "service" in row]
    assert len(chats) == 5
    shown = [
        address for row in chats for address in codes(row["the line in `secrets/chat`"]) if "://" in address
    ]
    channels = {f"chat-{number}": {"chat": address} for number, address in enumerate(shown)}
    (tmp_path / "watchdesk.yaml").write_text(json.dumps({"channels": channels}))
    (tmp_path / "sources.yaml").write_text("sources: {}\n")
    problems = Problems()
    assert read_settings(tmp_path, problems, option_models())
    said = [problem.render() for problem in problems]
    assert [line for line in said if "the address stands here" not in line] == []
    assert len(shown) == 8


def test_every_option_of_every_kind_is_told() -> None:
    every = {
        field.alias or name for kind in KINDS.values() for name, field in kind.options.model_fields.items()
    }
    told = set(re.findall(r"`(\w+)`", OURS)) | {"address"}
    assert every | {"timeout", "concurrency", "at_most"} <= told


def verifier() -> Callable[[Any, bytes, bytes], bool]:
    (code,) = blocks("python", OURS)
    names: dict[str, Any] = {}
    exec(code, names)
    found: Callable[[Any, bytes, bytes], bool] = names["is_ours"]
    return found


@pytest.mark.parametrize("number", [0, 1])
def test_the_lines_that_verify_a_webhook_take_either_secret_and_nothing_else(
    web: WebServer, number: int
) -> None:
    keys = [b"the key that is in force", b"the key that comes after"]
    secrets = ["whsec_" + base64.b64encode(key).decode() for key in keys]
    web.respond("/hook", Answer(status=204))
    options = WebhookOptions.model_validate({"url": web.url("/hook"), "secret": secrets})
    assert WebhookChannel(options).send(parcel(), datetime.now(UTC)) == Sent()
    (request,) = web.requests
    is_ours = verifier()
    assert is_ours(request.headers, request.body, keys[number])
    assert not is_ours(request.headers, request.body, b"another key")
    assert not is_ours(request.headers, request.body + b" ", keys[number])


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page's package, as an installer leaves it, on the path of the processes to come."""
    (module,), (project,) = blocks("python", YOURS), blocks("toml", YOURS)
    about = tomllib.loads(project)["project"]
    site = tmp_path / "site"
    information = site / f"{about['name'].replace('-', '_')}-{about['version']}.dist-info"
    information.mkdir(parents=True)
    (site / "watchdesk_lines.py").write_text(module)
    (information / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {about['name']}\nVersion: {about['version']}\n"
    )
    points = "".join(
        f"[{group}]\n" + "".join(f"{name} = {where}\n" for name, where in entries.items())
        for group, entries in about["entry-points"].items()
    )
    (information / "entry_points.txt").write_text(points)
    monkeypatch.setenv("PYTHONPATH", str(site))


def with_lines(desk: DeskFiles, web: WebServer, channel: str) -> None:
    web.serve(
        "/feed", rss(item("1", "NATO agrees a new spending target", "NATO agreed on defence spending."))
    )
    settings = SETTINGS.replace("channels:\n", channel).replace("[shelf]", "[log]")
    desk.write({"wire": web.url("/feed")}, settings)


def test_the_channel_of_your_own_is_checked_and_takes_a_digest(
    installed: None, desk: DeskFiles, web: WebServer
) -> None:
    (channel,) = blocks("yaml", YOURS)
    with_lines(desk, web, channel)
    checked = desk.run_from_cold("check")
    assert checked.status == 0, checked.err
    sent = desk.run_from_cold("once", "--all", "--send", "--json")
    assert [delivery["state"] for delivery in sent.document["deliveries"]] == ["sent"], sent.err
    (line,) = (desk.state / "digests.jsonl").read_text().splitlines()
    digest = json.loads(line)
    assert digest["delivery"] == sent.document["deliveries"][0]["id"]
    assert digest["rules"][0]["stories"][0]["article"]["title"] == "NATO agrees a new spending target"


def test_mistakes_in_its_options_are_told_at_their_place(
    installed: None, desk: DeskFiles, web: WebServer
) -> None:
    with_lines(desk, web, "channels:\n  log:\n    lines: {pth: digests.jsonl}\n")
    checked = desk.run_from_cold("check")
    assert checked.status == 2
    assert "watchdesk.yaml:7:13: 'pth' is not a setting of a channel of kind lines" in checked.err
    assert "did you mean 'path'?" in checked.err
