"""Every key that names a path, where that leads into a folder that nobody may enter."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from support.desk import DeskFiles
from support.strangers import answers_to_stranger
from watchdesk.config import settings_schema, sources_schema
from watchdesk.delivery.channels import option_models
from watchdesk.rules import rules_schema

COMMANDS = ("check", "status --json", "doctor", "sources")
TO_SCHEMAS = {
    "watchdesk.yaml": settings_schema(option_models()),
    "sources.yaml": sources_schema(),
    "rules": rules_schema(),
}
WITHOUT_FORM = {"watchdesk.yaml: polling.ca", "sources.yaml: sources.*.opml"}
"""Names of files that their schemas call texts."""

SECRETS = """\
timezone: UTC
contact: desk@example.org
polling: {private_addresses: allow}
web:
  listen: 127.0.0.1:0
  token: {file: ../closed/token}
heartbeat:
  url: {file: ../closed/heartbeat}
channels:
  hook: {webhook: {url: 'http://127.0.0.1:9/', secret: [{file: ../closed/secret}]}}
  chat: {chat: {file: ../closed/chat}}
  team: {chat: [{file: ../closed/team}]}
  login:
    email: {server: 'smtp://127.0.0.1:9', from: a@b.c, to: d@b.c, user: a, password: {file: ../closed/login}}
  oauth:
    email: {server: 'smtp://127.0.0.1:9', from: a@b.c, to: d@b.c, user: a, token: {file: ../closed/oauth}}
  shelf: {files: ../closed/shelf}
  kept: {files: {path: ../closed}}
  feed: {atom: ../closed/feed}
  feeds: {atom: {path: ../closed}}
  post: {maildir: ../closed/post}
  box: {maildir: {path: ../closed}}
digests:
  flash: {rules: all, at: once, to: [hook, chat, team, login, oauth, shelf, kept, feed, feeds, post, box]}
"""
MISTAKES = """\
timezone: UTC
polling:
  POLLING
web: {listen: null}
channels:
  hook:
    webhook: {url: 'http://127.0.0.1:9/'}
    proxy: {file: ../closed/proxy}
digests:
  flash: {rules: all, at: once, to: [hook]}
"""
MISTAKES_OF_SOURCES = """\
sources:
  wire: {feed: 'http://127.0.0.1:9/', proxy: {file: ../closed/proxy}}
  paid: {feed: 'http://127.0.0.2:9/', auth: {user: a, password: {file: ../closed/paid}}}
  list: {opml: ../closed/list.opml}
"""
MISTAKES_OF_RULES = """\
rules:
  nato:
    query: NATO
    examples:
      matches: [{file: ../../closed/yes.html}]
      ignores: [{file: ../../closed/no.html}]
"""
PLACES = (
    *("rules/desk.yaml:5:24: ../../closed/yes.html", "rules/desk.yaml:6:24: ../../closed/no.html"),
    *(
        "sources.yaml:2:46: 'proxy'",
        "sources.yaml:3:65: the password",
        "sources.yaml:4:16: ../closed/list.opml",
    ),
    "watchdesk.yaml:8:12: 'proxy'",
)
OF_POLLING = {
    "ca: ../closed/ca.pem": "watchdesk.yaml:3:7: 'ca'",
    "proxy: {file: ../closed/proxy}": "watchdesk.yaml:3:10: 'polling.proxy'",
}
KEYS = {
    *("watchdesk.yaml: polling.ca", "watchdesk.yaml: polling.proxy.file", "watchdesk.yaml: web.token.file"),
    *("watchdesk.yaml: heartbeat.url.file", "watchdesk.yaml: channels.*.proxy.file"),
    *("watchdesk.yaml: channels.*.webhook.secret.*.file", "watchdesk.yaml: channels.*.chat.*.file"),
    *("watchdesk.yaml: channels.*.chat.address.*.file", "watchdesk.yaml: channels.*.email.password.file"),
    *("watchdesk.yaml: channels.*.email.token.file", "watchdesk.yaml: channels.*.files"),
    *("watchdesk.yaml: channels.*.files.path", "watchdesk.yaml: channels.*.atom"),
    *("watchdesk.yaml: channels.*.atom.path", "watchdesk.yaml: channels.*.maildir"),
    *("watchdesk.yaml: channels.*.maildir.path", "sources.yaml: sources.*.auth.password.file"),
    *("sources.yaml: sources.*.proxy.file", "sources.yaml: sources.*.opml"),
    *("rules: rules.*.examples.matches.*.file", "rules: rules.*.examples.ignores.*.file"),
}
"""What the files above say, as the schemas name it."""


def paths_in(schema: Mapping[str, Any]) -> set[str]:
    """The keys that name a path."""
    found: set[str] = set()

    def walk(node: Any, keys: tuple[str, ...], within: frozenset[str]) -> None:
        if isinstance(node, list):
            for one in node:
                walk(one, keys, within)
        if not isinstance(node, dict):
            return
        if (name := node.get("$ref", "").rpartition("/")[2]) and name not in within:
            walk(schema["$defs"][name], keys, within | {name})
        if node.get("format") == "path":
            found.add(".".join(keys))
        for key, one in node.get("properties", {}).items():
            if key == "file":
                found.add(".".join((*keys, key)))
            walk(one, (*keys, key), within)
        for one in (
            *node.get("patternProperties", {}).values(),
            node.get("additionalProperties"),
            node.get("items"),
        ):
            walk(one, (*keys, "*"), within)
        for arms in ("anyOf", "oneOf", "allOf"):
            walk(node.get(arms, []), keys, within)

    walk(schema, (), frozenset())
    return found


def test_every_key_that_names_a_path_is_among_those_that_are_tried() -> None:
    found = {f"{file}: {key}" for file, schema in TO_SCHEMAS.items() for key in paths_in(schema)}
    assert found | WITHOUT_FORM == KEYS


@pytest.fixture
def closed(desk: DeskFiles) -> Iterator[DeskFiles]:
    """A desk with a folder beside its configuration into which nobody may look, but root."""
    folder = desk.root / "closed"
    folder.mkdir()
    folder.chmod(0)
    desk.state.mkdir(mode=0o700)
    yield desk
    folder.chmod(0o700)


def by_stranger(desk: DeskFiles) -> Mapping[str, tuple[int, str]]:
    """The exit code of each command and what it said, to somebody who may not look there."""
    named = ["--config", str(desk.config), "--state", str(desk.state)]
    answers = answers_to_stranger([[*named, *command.split()] for command in COMMANDS])
    for command, one in zip(COMMANDS, answers, strict=True):
        assert "bug" not in one.out + one.err, command
        assert "run this as" not in one.out + one.err, command  # they are who the service runs as
    return {command: (one.status, one.out + one.err) for command, one in zip(COMMANDS, answers, strict=True)}


def test_secrets_and_folders_of_channels_are_told_by_name_and_the_rest_is_tried(closed: DeskFiles) -> None:
    closed.write({"wire": "http://127.0.0.1:9/"}, SECRETS)
    said = by_stranger(closed)
    status, text = said["check"]
    assert status == 0, text
    for name in ("token", "heartbeat", "secret", "chat", "team", "login", "oauth"):
        assert f"closed/{name} cannot be read: Permission denied" in text
    status, text = said["doctor"]
    lines = [line for line in text.splitlines() if line[:9].strip()]
    for name in ("token", "heartbeat", "secret", "chat", "team", "login", "oauth"):
        [line] = [one for one in lines if f"closed/{name}" in one and one.startswith("wrong")]
        assert "secret " in line
    for name in ("shelf", "kept", "feed", "feeds", "post", "box"):
        [line] = [one for one in lines if one[9:].startswith(f"channel {name}: ")]
        assert line.startswith("wrong"), line
        assert "closed" in line
    assert text.splitlines()[-1].startswith("17 things need a person"), text
    assert (said["sources"][0], "wire" in said["sources"][1]) == (0, True)


@pytest.mark.parametrize(("polling", "place"), OF_POLLING.items())
def test_what_cannot_be_read_of_the_files_is_told_with_line_and_caret(
    closed: DeskFiles, polling: str, place: str
) -> None:
    closed.write({}, MISTAKES.replace("POLLING", polling), MISTAKES_OF_RULES)
    (closed.config / "sources.yaml").write_text(MISTAKES_OF_SOURCES)
    said = by_stranger(closed)
    status, text = said["check"]
    assert status == 2
    lines = text.splitlines()
    found = [
        (number, line) for number, line in enumerate(lines) if "cannot be read: Permission denied" in line
    ]
    assert [line for _, line in found if not line.startswith((*PLACES, place))] == []
    assert len(found) == len(PLACES) + 1
    for number, line in found:
        column = int(line.split(":")[2])
        code, caret = lines[number + 1 : number + 3]
        assert caret.rstrip() == " " * (3 + column) + "^", code
    mistakes = json.loads(said["status --json"][1])["configuration"]["mistakes"]
    assert sorted(one.splitlines()[0] for one in mistakes) == sorted(line for _, line in found)
    assert f"wrong    configuration: {found[0][1].partition(': ')[0]}" in said["doctor"][1]
