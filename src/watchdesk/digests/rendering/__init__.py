"""Pure: a digest → HTML, text and JSON, in the reader's language and zone. The door is `render`."""
