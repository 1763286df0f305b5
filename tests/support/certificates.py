"""Certificates that hold, and certificates that do not."""

import shutil
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Authority:
    """A certificate authority of the test's own."""

    folder: Path

    @property
    def trusted(self) -> ssl.SSLContext:
        """For a client that believes it."""
        return ssl.create_default_context(cafile=str(self.folder / "authority.pem"))

    def served(self, name: str, *, days: int = 2) -> ssl.SSLContext:
        """For a server: a certificate for `name` (such as IP:127.0.0.1); expired when `days` is negative."""
        key, request, made = (self.folder / f"{name}{days}.{end}" for end in ("key", "csr", "pem"))
        extra = self.folder / "extra"
        extra.write_text(f"subjectAltName={name}\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n")
        _openssl(
            "req",
            "-new",
            "-newkey",
            _KEY,
            *_CURVE,
            "-nodes",
            "-subj",
            "/CN=test",
            "-keyout",
            key,
            "-out",
            request,
        )
        signing = (
            "-CA",
            self.folder / "authority.pem",
            "-CAkey",
            self.folder / "authority.key",
            "-CAcreateserial",
        )
        _openssl("x509", "-req", "-in", request, *signing, "-days", days, "-extfile", extra, "-out", made)
        return _for_a_server(made, key)

    def self_signed(self) -> ssl.SSLContext:
        """For a server: a certificate that nobody but itself vouches for."""
        return _for_a_server(*_signed_by_itself(self.folder, "alone"))


_SIGNS = "keyUsage=critical,digitalSignature,keyCertSign,cRLSign"
"""As the strict reading of RFC 5280 wants it, Python's own since 3.13."""
_KEY, _CURVE = "ec", ("-pkeyopt", "ec_paramgen_curve:prime256v1")


def make_authority(folder: Path) -> Authority | None:
    """None where there is no openssl program."""
    if shutil.which("openssl") is None:
        return None
    _signed_by_itself(folder, "authority")
    return Authority(folder)


def _signed_by_itself(folder: Path, name: str) -> tuple[Path, Path]:
    made, key = folder / f"{name}.pem", folder / f"{name}.key"
    names = ("-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1", "-addext", _SIGNS)
    _openssl(
        "req", "-x509", "-newkey", _KEY, *_CURVE, "-nodes", "-days", 2, *names, "-keyout", key, "-out", made
    )
    return made, key


def _for_a_server(certificate: Path, key: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


def _openssl(*arguments: object) -> None:
    command = ["openssl", *(str(argument) for argument in arguments)]
    subprocess.run(command, check=True, capture_output=True, timeout=30)
