"""Kinds of channels for tests of the configuration, which knows channels only by their options' models."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from watchdesk.config.option_types import WebAddress
from watchdesk.config.secrets import SecretRef


class PathOptions(BaseModel):
    model_config = ConfigDict(extra="forbid")

    path: Path


class EmailOptions(BaseModel):
    model_config = ConfigDict(extra="forbid")

    to: str | list[str]
    sender: str = Field(alias="from")
    server: str
    user: str | None = None
    password: SecretRef | None = None


class WebhookOptions(BaseModel):
    model_config = ConfigDict(extra="forbid")

    url: WebAddress
    secret: SecretRef


class ChatOptions(BaseModel):
    model_config = ConfigDict(extra="forbid")

    address: SecretRef | list[SecretRef]


KINDS: dict[str, type[BaseModel]] = {
    "email": EmailOptions,
    "webhook": WebhookOptions,
    "files": PathOptions,
    "maildir": PathOptions,
    "chat": ChatOptions,
    "atom": PathOptions,
}
