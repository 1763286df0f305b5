"""Whether the protocol's SDK, an extra of the package, is here, and what to do where it is not."""

from importlib.util import find_spec

MISSING = (
    "Assistants need the MCP SDK, which is not installed here; install it into watchdesk's own environment: "
    "pip install 'watchdesk[mcp]'"
)


def is_installed() -> bool:
    """Whether it can be loaded. Loads nothing."""
    return find_spec("mcp") is not None
