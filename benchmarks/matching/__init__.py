"""How fast rules are matched, beside other engines given the same rules and the same articles."""
