"""JSON Schema (draft 2020-12) of the files, for editors that complete and check YAML."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, TypeAdapter

from watchdesk.config.channels import short_for
from watchdesk.config.settings import ArticleSettings, PollingSettings
from watchdesk.config.shapes import ChannelShape, DigestShape, OperatorsShape, SourceShape, TopShape, WebShape

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def settings_schema(channel_kinds: Mapping[str, type[BaseModel]]) -> dict[str, Any]:
    """Of watchdesk.yaml."""
    definitions: dict[str, Any] = {}
    sections: dict[str, type[Any]] = {"polling": PollingSettings, "articles": ArticleSettings}
    later: dict[str, type[Any]] = {"operators": OperatorsShape, "web": WebShape}
    properties = dict(_of(TopShape, definitions)["properties"])
    properties |= {key: _section(part, definitions) for key, part in sections.items()}
    properties |= {key: _of(part, definitions) for key, part in later.items()}
    kinds = {kind: _options(model, definitions) for kind, model in channel_kinds.items()}
    properties["channels"] = _names_to(
        {
            "type": "object",
            "properties": {**kinds, **_of(ChannelShape, definitions)["properties"]},
            "additionalProperties": False,
            "oneOf": [{"required": [kind]} for kind in kinds],
        }
    )
    properties["digests"] = _names_to(_of(DigestShape, definitions))
    return _file("watchdesk.yaml", properties, definitions)


def sources_schema() -> dict[str, Any]:
    """Of sources.yaml."""
    definitions: dict[str, Any] = {}
    return _file("sources.yaml", {"sources": _names_to(_of(SourceShape, definitions))}, definitions)


def _section(model: type[Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """A part whose every key has a default, each written as in the file: `15m`, `10MB`, `refuse`."""
    schema = _of(model, definitions)
    for key, value in TypeAdapter(model).dump_python(model(), mode="json").items():
        schema["properties"][key]["default"] = value
    return schema


def _of(model: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    schema = TypeAdapter(model).json_schema()
    definitions.update(schema.pop("$defs", {}))
    return schema


def _options(model: type[BaseModel], definitions: dict[str, Any]) -> dict[str, Any]:
    schema = _of(model, definitions)
    short = short_for(model)
    return {"anyOf": [schema["properties"][short], schema]} if short else schema


def _names_to(schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": ["object", "null"],
        "additionalProperties": schema,
        "propertyNames": {"pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"},
    }


def _file(title: str, properties: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    return {
        "$schema": DIALECT,
        "title": title,
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        **({"$defs": definitions} if definitions else {}),
    }
