"""The part `web` of watchdesk.yaml: what it means left out, and which pages are refused."""

from pathlib import Path

import pytest

from watchdesk.config import read_settings
from watchdesk.config.places import Problems
from watchdesk.config.web import NO_TOKEN, WebSettings

OPEN = "no token protects it"


def read(directory: Path, text: str) -> tuple[WebSettings | None, Problems]:
    (directory / "watchdesk.yaml").write_text(text)
    (directory / "sources.yaml").write_text("sources: {}\n")
    problems = Problems()
    settings = read_settings(directory, problems, {})
    return settings.web if settings else None, problems


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("{}\n", ("127.0.0.1", 8680)),
        ("web: {metrics: false}\n", ("127.0.0.1", 8680)),
        ("web: null\n", None),
        ("web: {listen: null}\n", None),
        ("web: {listen: '[::1]:0'}\n", ("::1", 0)),
    ],
)
def test_where_the_page_listens(tmp_path: Path, written: str, address: tuple[str, int] | None) -> None:
    web, problems = read(tmp_path, written)
    assert web
    assert web.address == address
    assert problems.errors == problems.warnings == []


@pytest.mark.parametrize(
    "written",
    ["listen: 0.0.0.0:80", "listen: '[::]:80'", "listen: desk.example.org:80", "public: https://a.example/"],
)
def test_a_page_that_others_reach_needs_a_token(
    tmp_path: Path, written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN", "a secret")
    _, problems = read(tmp_path, f"web:\n  {written}\n")
    (refused,) = problems.errors
    assert OPEN in refused.render()
    assert refused.render().startswith("watchdesk.yaml:2:3:")
    web, problems = read(tmp_path, f"web:\n  {written}\n  token: {{env: TOKEN}}\n")
    assert web
    assert web.takes_token
    assert problems.errors == problems.warnings == []


def test_a_proxy_may_let_people_in_and_check_warns_of_it(tmp_path: Path) -> None:
    web, problems = read(tmp_path, "web: {listen: 0.0.0.0:80, token: none}\n")
    assert web
    assert web.token == NO_TOKEN
    assert problems.errors == []
    assert "a proxy in front of it" in problems.warnings[0].render()


def test_a_token_that_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TOKEN", raising=False)
    _, problems = read(tmp_path, "web: {token: {env: TOKEN}}\n")
    assert "nobody can sign in like this" in problems.warnings[0].render()


@pytest.mark.parametrize(
    ("written", "public", "base"),
    [
        ("https://Desk.example.org", "https://desk.example.org/", ""),
        ("https://example.org/desk", "https://example.org/desk/", "/desk"),
        ("http://localhost:8000/a/b/", "http://localhost:8000/a/b/", "/a/b"),
    ],
)
def test_an_address_of_the_page_ends_in_a_slash(tmp_path: Path, written: str, public: str, base: str) -> None:
    web, _ = read(tmp_path, f"web: {{public: {written!r}, token: x}}\n")
    assert web
    assert (web.public, web.base_path) == (public, base)


@pytest.mark.parametrize(
    "written", ["desk.example.org", "ftp://a.example/", "https://u:p@a.example/", "https://a.example/?x"]
)
def test_what_is_no_address_of_a_page_is_refused(tmp_path: Path, written: str) -> None:
    _, problems = read(tmp_path, f"web: {{public: {written!r}, token: x}}\n")
    assert "write it as https://desk.example.org/" in problems.errors[0].render()
