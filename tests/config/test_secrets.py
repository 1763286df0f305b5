import re
from pathlib import Path

import pytest

from watchdesk.config.parsing import parse_document
from watchdesk.config.places import Problems
from watchdesk.config.secret_names import names_secret, names_secret_file
from watchdesk.config.secrets import Secret, SecretMissing, hide_secrets, parse_secret
from watchdesk.config.shown_address import shown_address
from watchdesk.config.yaml_document import Mapping


def test_a_secret_is_read_from_the_environment_it_is_given() -> None:
    assert parse_secret({"env": "MAIL"}).reveal({"MAIL": "opensesame"}) == "opensesame"


def test_a_credential_is_read_from_systemds_directory(tmp_path: Path) -> None:
    (tmp_path / "smtp").write_text("opensesame\n")
    assert (
        parse_secret({"credential": "smtp"}).reveal({"CREDENTIALS_DIRECTORY": str(tmp_path)}) == "opensesame"
    )


def test_a_relative_file_is_relative_to_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "smtp").write_text("opensesame\r\n")
    assert parse_secret({"file": "smtp"}, tmp_path).reveal({}) == "opensesame"


def test_an_absolute_file_stays_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "smtp").write_text("opensesame")
    assert parse_secret({"file": str(tmp_path / "smtp")}, Path("/elsewhere")).reveal({}) == "opensesame"


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ({"env": "MAIL"}, "no variable MAIL"),
        ({"credential": "smtp"}, "LoadCredential=smtp:PATH"),
        ({"file": "/no/such/file"}, "/no/such/file cannot be read: No such file or directory"),
    ],
)
def test_a_secret_that_is_not_there_says_where_it_should_be(value: object, says: str) -> None:
    with pytest.raises(SecretMissing, match=says):
        parse_secret(value).reveal({})


def test_an_empty_file_is_no_secret(tmp_path: Path) -> None:
    (tmp_path / "smtp").write_text("\n")
    with pytest.raises(SecretMissing, match="is empty"):
        parse_secret({"file": "smtp"}, tmp_path).reveal({})


def test_a_secret_cannot_be_printed() -> None:
    secret = Secret("plain", "hunter2")
    assert "hunter2" not in f"{secret} {secret!r} {secret!s} {[secret]}"


@pytest.mark.parametrize(
    "line",
    [
        "password: hunter2",
        "      password:   hunter2",
        'email: {to: a@example.org, "password": hunter2, user: a}',
        "secret: 'hunter2'  # from the wiki",
        "to: desk@example.org, passwort: hunter2, server: x",
        "{smtp_pass: hunter2, apikey: hunter2}",
        "credentials: [hunter2]",
        "passwrd: hunter2",
        "  key: hunter2",
        "\turl: https://watcher.example/hunter2-9f",
        "url: hunter2",
        "hook: {webhook: {'url': 'https://hooks.example/services/hunter2'}}",
        "Authorization: Bearer hunter2",
        "headers: {Cookie: id=hunter2}",
        "storage: postgresql://desk:hunter2@db.example.org/desk",
        "proxy: desk:hunter2@proxy.example.org",
        "wire: {feed: 'https://news.example/rss?lang=en&token=hunter2'}",
    ],
)
def test_a_line_that_messages_show_hides_what_seems_to_be_a_secret(line: str) -> None:
    hidden = hide_secrets(line)
    assert "hunter2" not in hidden
    assert len(hidden) == len(line)


@pytest.mark.parametrize(
    "line",
    [
        "password: {credential: smtp-password}",
        "feed: https://news.example.org/rss",
        "query: secret AND (token OR password)",
        "title: The secret: a story",
        "author: A. Smith",
        "url: https://desk.example.org",
    ],
)
def test_a_line_without_a_secret_is_shown_as_it_is(line: str) -> None:
    assert hide_secrets(line) == line


@pytest.mark.parametrize(
    ("name", "setting", "parameter", "file"),
    [
        ("password", True, True, True),
        ("smtp_passwort", True, True, True),
        ("tokens", True, True, True),
        ("api-key", True, True, True),
        ("token-2", True, False, True),
        ("subscriptionkey", False, True, False),
        ("key", True, True, False),
        ("compass", False, False, False),
        ("author", False, False, False),
        ("code", False, True, False),
        ("session", False, True, False),
        ("server.key", True, True, True),
        ("credential", False, True, True),
    ],
)
def test_a_name_says_the_same_of_settings_addresses_and_files(
    name: str, *, setting: bool, parameter: bool, file: bool
) -> None:
    masked = shown_address(f"https://news.example/rss?{name}=hunter2")
    assert (names_secret(name), "hunter2" not in masked, names_secret_file(name)) == (
        setting,
        parameter,
        file,
    )


def test_no_place_of_a_file_carries_a_secret() -> None:
    top = parse_document("email:\n  password: hunter2\n", "watchdesk.yaml", Problems())
    assert isinstance(top, Mapping)
    email = top.get("email")
    assert isinstance(email, Mapping)
    assert email.keys["password"].source == "  password: *******"


def test_a_byte_order_mark_is_no_part_of_a_secret(tmp_path: Path) -> None:
    (tmp_path / "s").write_bytes("\ufeffpässwort\r\n".encode())
    assert Secret("file", str(tmp_path / "s")).reveal() == "pässwort"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_secret_in_utf_16_is_told(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "s").write_bytes("\ufeffpassword\n".encode(encoding))
    with pytest.raises(SecretMissing, match="is UTF-16 text; save it with the encoding UTF-8"):
        Secret("file", str(tmp_path / "s")).reveal()


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("http://user:hunter2@h/x.xml?token=sekrit", "http://h/x.xml?token=***"),
        ("http://user:hun/ter2@h/x", "http://h/x"),
        ("it redirects to 'http://h/f?a=1;sig=sekrit&b=2#access_token=s'", None),
        ("http://h:8080/@user/feed?keyword=a&country_code=de&author=b", None),
    ],
)
def test_an_address_is_shown_without_its_secrets(address: str, shown: str | None) -> None:
    told = shown_address(address)
    assert not re.search("hunter2|ter2|sekrit|=s'", told)
    assert told == (shown or re.sub("sekrit|(?<=access_token=)s'", "***", address))
