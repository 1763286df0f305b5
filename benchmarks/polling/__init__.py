"""Parts of poll.py."""
