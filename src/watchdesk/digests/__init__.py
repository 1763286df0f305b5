"""Pure: matches → digest → HTML, text and JSON."""
