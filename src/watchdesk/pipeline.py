"""The program in one page."""
