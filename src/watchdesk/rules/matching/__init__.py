"""Pure: one query × one article → whether it matches, where, with which score and snippet."""
