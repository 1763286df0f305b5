"""Pure: article × rules → matches."""
