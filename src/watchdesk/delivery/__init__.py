"""Shell: digest → people."""
