"""nginx as a server of feeds on loopback: one process, without a master and without privileges."""

import http.client
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from scaling.feeds import Feeds, host_of

_CONFIGURATION = """\
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
worker_rlimit_nofile 8192;
events {{ worker_connections 4096; multi_accept on; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    types {{ application/rss+xml xml; }}
    charset utf-8;
    charset_types application/rss+xml;
    sendfile on;
    open_file_cache max=200000 inactive=1h;
    open_file_cache_errors on;
    server {{
        listen {port} backlog=4096;
        allow 127.0.0.0/8;
        deny all;
        root {folder}/feeds;
        location = /status {{ stub_status; }}
        location = /feed {{ try_files /$server_addr.xml /quiet.xml =404; }}
    }}
}}
"""
_QUIET = b'<rss version="2.0"><channel><title>Nothing new</title></channel></rss>\n'
_PATIENCE = 20.0


@dataclass(frozen=True, slots=True)
class Server:
    """It answers 304 to who has the present document of a host."""

    process: int
    port: int
    unchanged: str
    """The ETag of a feed without news."""

    def url(self, number: int) -> str:
        """The address of a source's feed."""
        return f"http://{host_of(number)}:{self.port}/feed"


@contextmanager
def serving(feeds: Feeds, folder: Path) -> Iterator[Server]:
    """With documents of lively sources; all others have one that never changes.

    Raises `FileNotFoundError` where nginx is not installed, and `TimeoutError` if it does not answer.
    """
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/sbin")
    if program is None:
        raise FileNotFoundError("nginx is needed: apt install nginx-light")
    _write_documents(feeds, folder / "feeds")
    port = _free_port()
    file = folder / "nginx.conf"
    file.write_text(_CONFIGURATION.format(folder=folder, port=port), encoding="utf-8")
    command = [program, "-p", str(folder), "-c", str(file)]
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said)
    try:
        quiet = next(number for number in range(feeds.count) if number not in feeds.lively)
        yield Server(process.pid, port, _tag(host_of(quiet), port))
    finally:
        process.terminate()
        process.wait()


def _write_documents(feeds: Feeds, folder: Path) -> None:
    folder.mkdir()
    (folder / "quiet.xml").write_bytes(_QUIET)
    for number in feeds.lively:
        (folder / f"{host_of(number)}.xml").write_bytes(feeds.document(number))


def _tag(host: str, port: int) -> str:
    """The ETag of a document, once the server is up."""
    end = time.monotonic() + _PATIENCE
    while True:
        connection = http.client.HTTPConnection(host, port, timeout=5)
        try:
            connection.request("GET", "/feed")
            return str(connection.getresponse().headers["ETag"])
        except ConnectionError:
            if time.monotonic() > end:
                raise TimeoutError("nginx does not answer; its error.log says why") from None
            time.sleep(0.05)
        finally:
            connection.close()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])
