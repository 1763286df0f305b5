"""Queries that are tried on the page, in processes of their own, so that no poll waits for them.

`messages` is what is asked and answered, `process` answers, `seats` hands out the processes, and `streaming`
sends what is found to a browser while the count goes on.
"""
