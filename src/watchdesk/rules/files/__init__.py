"""Rule files → rules, their examples, and the files' JSON schema."""
