"""What the desk tells of itself: the documents of `--json`, the API and the pages, one function each.

Here is no command line and no HTML. What only one command prints is in its own module.
"""
