"""Who may look and who may change: hosts, the token, cookies, forms."""
