"""The address of a PostgreSQL server as libpq reads it."""

from sqlalchemy import URL

CLIENT_LOOKS = {
    "keepalives_idle": "5",
    "keepalives_interval": "5",
    "keepalives_count": "2",
    "tcp_user_timeout": "15000",
    "connect_timeout": "10",
}
"""By which this side notices that a server is away: parameters of libpq."""
SERVER_LOOKS = {
    "tcp_keepalives_idle": 5,
    "tcp_keepalives_interval": 5,
    "tcp_keepalives_count": 2,
    "tcp_user_timeout": 15_000,
}
"""By which a server notices that this side is: settings of a session."""


def set_for_session(**more: int) -> str:
    """Statements that set these for a session, and `more`."""
    return "; ".join(f"SET {name} = {value}" for name, value in {**more, **SERVER_LOOKS}.items())


def server_address(url: URL) -> str:
    """With its password. SQLAlchemy writes a space as a plus sign, which libpq takes for itself."""
    written = url.set(drivername="postgresql").render_as_string(hide_password=False)
    before, mark, query = written.partition("?")
    return f"{before}{mark}{query.replace('+', '%20')}"
