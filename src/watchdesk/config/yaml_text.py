"""Text as a YAML file that people read may have it. Pure."""

import json
import re

STEERING = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
"""Characters that YAML cannot hold as they are, or that make a line look like another."""


def quoted(text: str) -> str:
    """In double quotes, as YAML 1.2 (7.3.1) has it; all of JSON's escapes are among its own."""
    written = json.dumps(text.encode("utf-8", "replace").decode(), ensure_ascii=False)
    return STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", written)
