"""The types of options: how pydantic reads them, writes them back and describes them in the JSON schemas."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, PlainSerializer, PlainValidator, ValidationInfo, WithJsonSchema

from watchdesk.config.files_read import FilesRead
from watchdesk.config.network import NO_PROXY_AT_ALL
from watchdesk.config.secrets import SECRET_PLACES, Secret, noted, parse_secret
from watchdesk.config.values import (
    duration_text,
    first_poll_text,
    networks_text,
    optional,
    parse_certificates,
    parse_duration,
    parse_first_poll,
    parse_language,
    parse_listen,
    parse_networks,
    parse_period,
    parse_proxy,
    parse_rate,
    parse_rules,
    parse_send_timeout,
    parse_size,
    parse_storage,
    parse_text,
    parse_web_address,
    parse_zone,
    size_text,
)
from watchdesk.config.written_forms import DURATION_PATTERN
from watchdesk.model import Rate


def _text_schema(pattern: str | None = None, **more: Any) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", **({"pattern": pattern} if pattern else {}), **more})


def _certificates(value: object, validation: ValidationInfo) -> Path:
    directory = _directory(validation)
    files: FilesRead | None = (validation.context or {}).get("files")
    if files:
        files.note((directory or Path()) / str(value).strip())
    return parse_certificates(value, directory)


def _directory(validation: ValidationInfo) -> Path | None:
    """What paths are relative to, as the reader passes it."""
    directory: Path | None = (validation.context or {}).get("directory")
    return directory


Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    PlainSerializer(duration_text),
    _text_schema(DURATION_PATTERN),
]
Period = Annotated[
    timedelta, BeforeValidator(parse_period), PlainSerializer(duration_text), _text_schema(DURATION_PATTERN)
]
SendTimeout = Annotated[Period, BeforeValidator(parse_send_timeout)]
OptionalDuration = Annotated[
    timedelta | None,
    BeforeValidator(optional(parse_period)),
    PlainSerializer(duration_text),
    WithJsonSchema({"type": ["string", "null"], "pattern": DURATION_PATTERN}),
]
FirstPoll = Annotated[
    timedelta | None, BeforeValidator(parse_first_poll), PlainSerializer(first_poll_text), _text_schema()
]
RateOption = Annotated[Rate, BeforeValidator(parse_rate), _text_schema(r"^[1-9]\d*\s*/\s*(s|m|min|h|d)$")]
Size = Annotated[
    int,
    BeforeValidator(parse_size),
    PlainSerializer(size_text),
    _text_schema(r"^\d+(\.\d+)?\s*[kKmMgG]?i?[bB]$"),
]
Zone = Annotated[ZoneInfo, BeforeValidator(parse_zone), _text_schema()]
Language = Annotated[str, BeforeValidator(parse_language), _text_schema("^[a-z]{2}$")]
WebAddress = Annotated[str, BeforeValidator(parse_web_address), _text_schema("^https?://")]
Networks = Annotated[
    bool | tuple[str, ...],
    BeforeValidator(parse_networks),
    PlainSerializer(networks_text),
    WithJsonSchema(
        {"anyOf": [{"enum": ["refuse", "allow"]}, {"type": "array", "items": {"type": "string"}}]}
    ),
]
Text = Annotated[str, BeforeValidator(parse_text), _text_schema()]
Rules = Annotated[
    tuple[str, ...],
    BeforeValidator(parse_rules),
    PlainSerializer(lambda rules: "all" if rules == ("all",) else list(rules)),
    WithJsonSchema({"anyOf": [{"const": "all"}, {"type": "array", "items": {"type": "string"}}]}),
]
Storage = Annotated[str, BeforeValidator(parse_storage), _text_schema("^(sqlite$|postgresql)")]
Listen = Annotated[str | None, BeforeValidator(parse_listen), WithJsonSchema({"type": ["string", "null"]})]
ProxyOption = Annotated[
    Secret,
    PlainValidator(lambda value, validation: noted(parse_proxy(value, _directory(validation)), validation)),
    WithJsonSchema(
        {
            "anyOf": [
                {"const": NO_PROXY_AT_ALL},
                {"type": "string", "pattern": "^(https?|socks5h?)://"},
                *SECRET_PLACES,
            ]
        }
    ),
]
SecretAddress = Annotated[
    Secret,
    PlainValidator(
        lambda value, validation: noted(_secret_address(value, _directory(validation)), validation)
    ),
    WithJsonSchema({"anyOf": [{"type": "string", "pattern": "^https?://"}, *SECRET_PLACES]}),
]
CertificateFile = Annotated[
    Path,
    PlainValidator(_certificates),
    _text_schema(),
]


def _secret_address(value: object, directory: Path | None) -> Secret:
    """Where a web address is kept, or one as it stands; messages never repeat it. Raises `ValueError`."""
    secret = parse_secret(value, directory)
    if secret.kind == "plain":
        try:
            parse_web_address(secret.reveal())
        except ValueError:
            raise ValueError("this is not a web address; it begins with https:// or http://") from None
    return secret
