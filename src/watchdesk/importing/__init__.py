"""Pure: files of other programs → sources and draft rules, and what could not be carried.

`programs` knows every program and recognises its files, `writing` puts the result into a configuration.
"""
