"""Hidden files and editors' copies beside the configuration are not read; `check` says so."""

from pathlib import Path

import pytest

from support.desk import RULES, DeskFiles

APPLE_DOUBLE = b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X        \xff\xfe"
LEAVINGS = [
    *(
        "._desk.yaml",
        ".desk.yaml",
        ".#desk.yaml",
        "#desk.yaml#",
        "~desk.yaml",
        "desk.yaml~",
        "desk.yaml.swp",
        ".desk.yaml.swp",
    ),
    *("desk.yaml.bak", "desk.yaml.orig", "desk.YAML", "desk.yaml.txt"),
]


@pytest.mark.parametrize("folder", ["rules", "sources", "templates"])
def test_what_looks_like_configuration_is_not_read_and_told(desk: DeskFiles, folder: str) -> None:
    desk.write({"wire": "https://wire.example/feed"})
    (desk.config / folder).mkdir(exist_ok=True)
    names = [name.replace(".yaml", ".html.j2").replace(".YAML", ".J2") for name in LEAVINGS]
    names = names if folder == "templates" else LEAVINGS
    for name in names:
        if name.startswith(".#"):
            (desk.config / folder / name).symlink_to("editor@host.1234")
        else:
            (desk.config / folder / name).write_bytes(APPLE_DOUBLE)
    for name in (".DS_Store", "4913", "notes.txt"):
        (desk.config / folder / name).write_bytes(APPLE_DOUBLE)
    answered = desk.run("check")
    assert answered.status == 0, answered.err
    assert "1 source, 2 rules, 1 digest" in answered.out
    for name in names:
        assert f"{folder}/{name}:1:1: warning: is not read" in answered.err
    assert ".DS_Store" not in answered.err


def test_configuration_in_another_place_is_told(desk: DeskFiles) -> None:
    desk.write({"wire": "https://wire.example/feed"})
    elsewhere = (
        "rules.yaml",
        "sources.yml",
        "watchdesk.yml",
        "rules/team/old/more.yaml",
        "rules/team~/more.yaml",
        "sources/old/more.yaml",
    )
    for name in (*elsewhere, "rules/.git/config.yaml"):
        (desk.config / name).parent.mkdir(parents=True, exist_ok=True)
        (desk.config / name).write_text(RULES)
    answered = desk.run("check")
    assert answered.status == 0, answered.err
    for name in elsewhere:
        assert f"{name}:1:1: warning: is not read" in answered.err
    assert ".git" not in answered.err


def test_what_is_not_read_of_a_folder_that_is_a_link_is_told(desk: DeskFiles, tmp_path: Path) -> None:
    desk.write({"wire": "https://wire.example/feed"})
    checkout = tmp_path / "checkout"
    for name in ("b.YAML", "old/more.yaml", ".git/config.yaml"):
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        (checkout / name).write_text(RULES)
    (checkout / "a.yaml").write_text("rules: {gas: {query: gas}}\n")
    (desk.config / "rules" / "energy").symlink_to(checkout)
    told = desk.run("check").err
    for name in ("b.YAML", "old/more.yaml"):
        assert f"rules/energy/{name}:1:1: warning: is not read" in told
    assert ".git" not in told


def test_a_config_map_is_read_once(desk: DeskFiles) -> None:
    desk.write({"wire": "https://wire.example/feed"})
    rules = desk.config / "rules"
    (rules / "desk.yaml").unlink()
    (rules / "..2026_11_28").mkdir()
    (rules / "..2026_11_28" / "desk.yaml").write_text(RULES)
    (rules / "..data").symlink_to("..2026_11_28")
    (rules / "desk.yaml").symlink_to("..data/desk.yaml")
    answered = desk.run("check")
    assert answered.status == 0
    assert "2 rules, 1 digest" in answered.out
    assert "is not read" not in answered.err
