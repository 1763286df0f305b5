"""Many hosts on one PostgreSQL: who polls what, for how long, and by whose clock.

`member` holds shards, `engine` hands them out, `dispatch` polls them; `joining` puts them together. Without a
server nothing of it is loaded but the clock.
"""
