"""The JSON document of a digest or a notice, as channels read it back."""

import json
from collections.abc import Mapping
from typing import Any

from watchdesk.model import Rendered


def document_in(rendered: Rendered) -> Mapping[str, Any]:
    """The document; empty where the JSON is none of ours."""
    try:
        document = json.loads(rendered.json)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def is_test(rendered: Rendered) -> bool:
    """Whether it was sent by hand to test a channel: such a digest leaves nothing behind."""
    return document_in(rendered).get("test") is True
