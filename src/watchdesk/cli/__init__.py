"""The command line."""


def main() -> None:
    """The `watchdesk` command."""
