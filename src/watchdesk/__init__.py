"""watchdesk: watches the feeds that a desk follows and sends digests of what its rules match."""

__version__ = "0.2.0.dev0"
