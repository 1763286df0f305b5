"""Rules files → rules and their examples; the JSON schema of these files."""
