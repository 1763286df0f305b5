"""The web, asked with manners: who is asked, how hard, what comes back, what is remembered of it."""
