"""Notices that the files of the configuration have changed, whoever saves them and however.

`watch` decides when they are read again; `contents` says what a change is; `folders` says where changes are
to be looked for.
"""
