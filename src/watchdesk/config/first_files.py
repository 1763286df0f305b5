"""The first files of a desk, by a person's choices: the shipped ones with a few lines changed, or short ones.

`writing_first` puts them in place. The lines to change are named here as config/watchdesk.yaml has them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from importlib.resources.abc import Traversable
from typing import assert_never

from watchdesk.config.names import SETTINGS_FILE, name_from
from watchdesk.config.sources_file import SOURCES_FILE
from watchdesk.config.yaml_text import quoted

CHANNEL = "desk"
"""The name of the channel that a person is asked for."""
SECRETS = "secrets"
"""The folder of the configuration that only its owner may read."""
OWN_RULES = "rules/own.yaml"

_TIMEZONE = "timezone: Europe/Brussels          #"
_CONTACT = "# contact: desk@example.org        #"
_BEHIND = "\n    maildir: mail/                 # a local mailbox, for any mail reader that knows Maildir\n"
_EVERYWHERE = "to: [shelf, mailbox]"
_COLUMN = 35
"""Of the comments in watchdesk.yaml."""


@dataclass(frozen=True, slots=True)
class Folder:
    """Digests go to files in the state directory alone."""


@dataclass(frozen=True, slots=True)
class Mail:
    """Digests go to a mail server as well."""

    to: Sequence[str]
    sender: str
    server: str
    """As in watchdesk.yaml: smtp://HOST:PORT, smtps://HOST or sendmail."""
    user: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Chat:
    """Digests go to a chat as well."""

    address: str = field(repr=False)
    """One of Apprise; all of it is a secret."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """Digests go to another program as well, signed."""

    url: str
    secret: str = field(repr=False)


Destination = Folder | Mail | Chat | Webhook


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person chose for a first desk."""

    timezone: str = "UTC"
    contact: str | None = None
    destination: Destination = Folder()
    query: str | None = None
    """What to watch; None: the shipped rules."""
    example: str | None = None
    """A title that the query finds; None where none could be made of its words."""
    is_minimal: bool = False
    """Short files, without comments and without the shipped rules."""


@dataclass(frozen=True, slots=True)
class FirstFile:
    """One file to be written."""

    name: str
    """Its path in the configuration directory."""
    text: str = field(repr=False)
    is_secret: bool = False


def first_files(choices: Choices) -> Sequence[FirstFile]:
    """Every file of the desk, watchdesk.yaml last."""
    shipped = _shipped()
    settings = _short_settings(choices) if choices.is_minimal else _settings(shipped, choices)
    sources = _SHORT_SOURCES if choices.is_minimal else shipped[SOURCES_FILE]
    files = [FirstFile(SOURCES_FILE, sources), *_rules(shipped, choices), *_secrets(choices.destination)]
    return [*files, FirstFile(SETTINGS_FILE, settings)]


def _shipped() -> Mapping[str, str]:
    """The text of each shipped file by its path."""
    return dict(_files_in(resources.files("watchdesk") / "shipped", ""))


def _files_in(folder: Traversable, path: str) -> Sequence[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for one in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if one.is_dir():
            found += _files_in(one, f"{path}{one.name}/")
        elif one.name.endswith(".yaml"):
            found.append((path + one.name, one.read_text("utf-8")))
    return found


def _settings(shipped: Mapping[str, str], choices: Choices) -> str:
    text = shipped[SETTINGS_FILE]
    text = _replaced(text, _TIMEZONE, f"{f'timezone: {choices.timezone}':{_COLUMN - 1}} #")
    if choices.contact:
        text = _replaced(text, _CONTACT, f"{f'contact: {quoted(choices.contact)}':{_COLUMN - 1}} #")
    channel = _channel(choices.destination)
    if channel:
        text = _replaced(text, _BEHIND, f"{_BEHIND}{channel}")
        text = text.replace(_EVERYWHERE, f"to: [shelf, {CHANNEL}]")
    return text


def _replaced(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1, f"config/watchdesk.yaml no longer has the line: {old}"
    return text.replace(old, new)


def _channel(destination: Destination) -> str:
    """Its lines under `channels:`; none for a folder, which is there in any case."""
    match destination:
        case Folder():
            return ""
        case Mail(to, sender, server, user, password):
            lines = [
                "email:",
                f"  to: [{', '.join(map(quoted, to))}]",
                f"  from: {quoted(sender)}",
                f"  server: {quoted(server)}",
                *([f"  user: {quoted(user)}"] if user else []),
                *([f"  password: {{file: {SECRETS}/smtp-password}}"] if password else []),
            ]
        case Chat():
            lines = [f"chat: {{file: {SECRETS}/chat}}"]
        case Webhook(url):
            lines = ["webhook:", f"  url: {quoted(url)}", f"  secret: {{file: {SECRETS}/hook-secret}}"]
        case _:
            assert_never(destination)
    return "".join(f"{line}\n" for line in (f"  {CHANNEL}:", *(f"    {line}" for line in lines)))


def _secrets(destination: Destination) -> Sequence[FirstFile]:
    match destination:
        case Folder():
            return ()
        case Mail(password=password):
            secret, name = password, "smtp-password"
        case Chat(address):
            secret, name = address, "chat"
        case Webhook(secret=value):
            secret, name = value, "hook-secret"
        case _:
            assert_never(destination)
    return [FirstFile(f"{SECRETS}/{name}", f"{secret}\n", is_secret=True)] if secret else ()


def _rules(shipped: Mapping[str, str], choices: Choices) -> Sequence[FirstFile]:
    if choices.query is not None:
        return [FirstFile(OWN_RULES, _own_rule(choices.query, choices.example))]
    if choices.is_minimal:
        return [FirstFile("rules/rules.yaml", _SHORT_RULES)]
    return [FirstFile(name, text) for name, text in shipped.items() if name.startswith("rules/")]


def _own_rule(query: str, example: str | None) -> str:
    one_line = " ".join(query.split())
    title = " ".join(one_line.replace('"', " ").split()) or one_line
    examples = f"    examples:\n      matches: [{quoted(example)}]\n" if example else ""
    return (
        "# What to look for: the watchdesk documentation describes the language of rules.\n"
        "# `watchdesk try PAGE.html` shows what an article matches, and why. Examples are titles that the\n"
        "# rule has to find (matches) or to pass over (ignores): `watchdesk test` tries them, and so does\n"
        "# each change to the files. Put some of your own here.\n\n"
        f"rules:\n  {name_from(one_line) or 'own'}:\n"
        f"    title: {quoted(title)}\n    query: {quoted(one_line)}\n{examples}"
    )


def _short_settings(choices: Choices) -> str:
    to = f"[shelf{f', {CHANNEL}' if _channel(choices.destination) else ''}]"
    contact = f"contact: {quoted(choices.contact)}\n" if choices.contact else ""
    return (
        f"timezone: {choices.timezone}\n{contact}\n"
        f"channels:\n  shelf:\n    files: digests/\n{_channel(choices.destination)}\n"
        f"digests:\n  morning:\n    title: Morning brief\n    rules: all\n"
        f'    at: "0 7 * * mon-fri"\n    to: {to}\n\noperators:\n  to: {to}\n'
    )


_SHORT_SOURCES = """\
sources:
  eu-council:
    feed: https://www.consilium.europa.eu/en/rss/pressreleases.ashx
    title: European Council and Council of the EU
    language: en
"""
_SHORT_RULES = """\
rules:
  defence-spending:
    title: Defence spending
    query: '(NATO OR "North Atlantic alliance") NEAR/30 ("defence spending" OR "military spending")'
    examples:
      matches: ["Allies agree to lift defence spending, NATO chief says"]
      ignores: ["Nato Brown named player of the match after record spending"]
"""
