import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import certifi
import pytest
from hypothesis import settings

from support import warm
from support.certificates import Authority, make_authority
from support.desk import DeskFiles
from support.examples import tries
from support.memory import in_memory
from support.postgresql import Cluster, binaries, throwaway_cluster
from support.web import WebServer

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as shells have it for what runs in the background
    signal.signal(signal.SIGINT, signal.default_int_handler)

if (memory := in_memory()) and not {"TMPDIR", "TEMP", "TMP"} & os.environ.keys():
    os.environ["TMPDIR"] = tempfile.tempdir = str(memory)  # `tmp_path` is below it

pytest_plugins = ["support.heap", "support.skips", "support.order"]

# No property judges seconds: the machine may be busy, and what is too slow has benchmarks.
settings.register_profile("patient", deadline=None, max_examples=tries(100))
settings.load_profile("patient")

_OF_THE_MACHINE = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(scope="session", autouse=True)
def no_way_out_of_the_machines_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Tests meet the proxies and authorities that they name, whatever the machine they run on needs.

    One authority stands for the machine's hundreds, which take a tenth of a second to load: for every
    command. `machines_authorities` brings these back.
    """
    one = tmp_path_factory.mktemp("authorities") / "one.pem"
    first, end, _ = certifi.contents().partition("-----END CERTIFICATE-----\n")
    one.write_text(first + end)
    with pytest.MonkeyPatch.context() as environment:
        for name in (*_OF_THE_MACHINE, *_PROXIES, *(name.lower() for name in _PROXIES)):
            environment.delenv(name, raising=False)
        environment.setenv("SSL_CERT_FILE", str(one))
        yield


@pytest.fixture(scope="session", autouse=True)
def warm_starts() -> Iterator[None]:
    """Ends what starts commands warm, if a test needed it."""
    yield
    warm.close()


@pytest.fixture
def machines_authorities(monkeypatch: pytest.MonkeyPatch) -> None:
    """Believed are the system's authorities and certifi's, as where no variable names others."""
    monkeypatch.delenv("SSL_CERT_FILE")


@pytest.fixture
def desk(tmp_path: Path) -> DeskFiles:
    """A desk of its own, without files yet."""
    return DeskFiles(tmp_path)


@pytest.fixture
def web() -> Iterator[WebServer]:
    """A web server on loopback."""
    with WebServer() as server:
        yield server


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """Skips without PostgreSQL."""
    if binaries() is None:
        pytest.skip("PostgreSQL's programs are not installed")
    with throwaway_cluster() as running:
        yield running


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority of one's own. Skips without openssl."""
    made = make_authority(tmp_path_factory.mktemp("authority"))
    if made is None:
        pytest.skip("openssl is not installed")
    return made


def pytest_report_header() -> str:
    found = binaries()
    said = (
        subprocess.run([found / "postgres", "--version"], capture_output=True, check=False) if found else None
    )
    return said.stdout.decode().strip() if said else "no PostgreSQL"
