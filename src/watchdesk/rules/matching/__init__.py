"""One query and one article: where it occurs, whether it matches, its score and snippet. Pure."""
