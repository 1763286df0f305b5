"""Words, sentences, spellings and folded forms of a text. Pure."""
