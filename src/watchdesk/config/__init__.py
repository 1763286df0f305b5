"""Files → checked settings. The door is `read_settings`; `document` and `places` read YAML with places."""
