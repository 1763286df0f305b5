"""The page, the API, health and metrics: what people and programs look at while the service runs.

It reads and shows; `documents` says what. To add a page, an operation of the API, a form or a picture, see
CONTRIBUTING.md.
"""
