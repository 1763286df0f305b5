"""The options of channels that write into a folder: `files: digests/`, or `files: {path: digests/}`."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator


class FolderOptions(BaseModel):
    """One folder; its name alone will do."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path = Field(description="The folder to write to; a relative path leads from the state directory")

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, value: object) -> object:
        if isinstance(value, Mapping | FolderOptions):
            return value
        if isinstance(value, str | Path) and str(value).strip():
            return {"path": value}
        raise ValueError("name the folder to write to, for instance digests/")
