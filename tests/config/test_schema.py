import json
from typing import Any

import pytest

from support.kinds import KINDS
from watchdesk.config import settings_schema, sources_schema

FILES = {"watchdesk.yaml": settings_schema(KINDS), "sources.yaml": sources_schema()}


def objects(schema: Any) -> list[dict[str, Any]]:
    """Every part of a schema that is a mapping with keys."""
    found: list[dict[str, Any]] = []
    if isinstance(schema, dict):
        if isinstance(schema.get("properties"), dict):
            found.append(schema)
        for value in schema.values():
            found += objects(value)
    elif isinstance(schema, list):
        for value in schema:
            found += objects(value)
    return found


@pytest.mark.parametrize("schema", FILES.values(), ids=FILES)
def test_it_is_json_of_the_2020_dialect(schema: dict[str, Any]) -> None:
    assert json.loads(json.dumps(schema))["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize("schema", FILES.values(), ids=FILES)
def test_every_reference_in_it_is_answered(schema: dict[str, Any]) -> None:
    text = json.dumps(schema)
    wanted = {part.split('"')[0] for part in text.split("#/$defs/")[1:]}
    assert wanted <= set(schema.get("$defs", {}))


@pytest.mark.parametrize("schema", FILES.values(), ids=FILES)
def test_no_mapping_in_it_takes_unknown_keys(schema: dict[str, Any]) -> None:
    assert [sorted(part["properties"]) for part in objects(schema) if part.get("additionalProperties")] == []


@pytest.mark.parametrize("schema", FILES.values(), ids=FILES)
def test_every_key_of_the_contract_is_described(schema: dict[str, Any]) -> None:
    silent = [
        key
        for part in objects(schema)
        for key, value in part["properties"].items()
        if isinstance(value, dict) and key in CONTRACT and "description" not in value
    ]
    assert silent == []


CONTRACT = {
    "timezone",
    "language",
    "storage",
    "contact",
    "every",
    "fastest",
    "slowest",
    "concurrency",
    "per_host",
    "timeout",
    "largest",
    "first_poll",
    "private_addresses",
    "full_text",
    "resolve_links",
    "oldest",
    "keep",
    "rules",
    "at",
    "gather",
    "quiet",
    "when_empty",
    "most",
    "listen",
    "feed",
    "sitemap",
    "page",
    "opml",
    "tags",
    "proxy",
    "paused",
    "headers",
    "select",
}


def test_the_keys_of_the_contract_are_all_there() -> None:
    there = {key for schema in FILES.values() for part in objects(schema) for key in part["properties"]}
    assert there >= CONTRACT


def test_defaults_are_written_as_in_the_file() -> None:
    polling = FILES["watchdesk.yaml"]["properties"]["polling"]["properties"]
    defaults = {
        key: polling[key]["default"] for key in ("every", "largest", "first_poll", "private_addresses")
    }
    assert defaults == {"every": "15m", "largest": "10MB", "first_poll": "3d", "private_addresses": "refuse"}


def test_a_source_is_of_one_kind_and_a_page_has_selectors() -> None:
    source = FILES["sources.yaml"]["properties"]["sources"]["additionalProperties"]
    assert source["oneOf"] == [{"required": [kind]} for kind in ("feed", "sitemap", "page", "opml")]
    assert source["dependentRequired"] == {"page": ["select"], "select": ["page"]}
    select = FILES["sources.yaml"]["$defs"]["Select"]
    assert (select["required"], sorted(select["properties"])) == (["item"], ["date", "item", "link", "title"])


def test_a_channel_is_of_one_kind_and_may_say_what_its_receiver_is_spared() -> None:
    channel = FILES["watchdesk.yaml"]["properties"]["channels"]["additionalProperties"]
    assert channel["oneOf"] == [{"required": [kind]} for kind in KINDS]
    assert channel["properties"].keys() - KINDS.keys() == {
        "timeout",
        "concurrency",
        "at_most",
        "proxy",
        "on",
    }
    assert channel["properties"]["files"]["anyOf"][0]["type"] == "string"
    assert {"type": "string"} in channel["properties"]["chat"]["anyOf"][0]["anyOf"]
