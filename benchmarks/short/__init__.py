"""What ratios.py compares, a module a subject."""
