"""The rule language: a query's text → its tree, or what is wrong with it. Pure."""
