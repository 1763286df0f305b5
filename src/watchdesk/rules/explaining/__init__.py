"""Why a rule matched, why it did not, and how near it came. Pure."""
