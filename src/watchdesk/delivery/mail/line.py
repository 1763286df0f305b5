"""A connection to a mail server: plain, over TLS, or to a socket's path; it ends with its deadline."""

import smtplib
import socket
import ssl

from watchdesk.delivery.deadline import Deadline, Limits
from watchdesk.delivery.mail.server import MailServer, Protocol


class Line(smtplib.SMTP):
    """A connection that ends with its deadline; over TLS from the start for smtps, to a path for LMTP."""

    def __init__(self, server: MailServer, limits: Limits, deadline: Deadline, trust: ssl.SSLContext) -> None:
        self._server = server
        self._deadline = deadline
        self._trust = trust
        if server.protocol is Protocol.LMTP:
            self.ehlo_msg = "lhlo"
        super().__init__(server.path or server.host, server.port, timeout=limits.wait)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connection = self._connect(host, port, timeout)
        self._deadline.watch(connection)
        if self._server.protocol is not Protocol.SMTPS:
            return connection
        try:
            return self._trust.wrap_socket(connection, server_hostname=host)
        except OSError:
            connection.close()
            raise

    def _connect(self, host: str, port: int, timeout: float) -> socket.socket:
        if not self._server.path:
            return socket.create_connection((host, port), timeout)
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(timeout)
        try:
            connection.connect(self._server.path)
        except OSError:
            connection.close()
            raise
        return connection


def trust_for(server: MailServer) -> ssl.SSLContext:
    """Certificates are checked, but on this machine: local servers come with self-made ones."""
    trust = ssl.create_default_context()
    if server.is_local:
        trust.check_hostname = False
        trust.verify_mode = ssl.CERT_NONE
    return trust
