"""A certificate authority of the test's own, made with the openssl command."""

from __future__ import annotations

import ipaddress
import subprocess
from dataclasses import dataclass
from pathlib import Path

NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]


@dataclass(frozen=True)
class Leaf:
    """A server's certificate and its key, as PEM files."""

    certificate: Path
    key: Path


class CertificateAuthority:
    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.file = folder / "ca.pem"
        self._key = folder / "ca.key"
        _openssl(
            "req",
            "-x509",
            *NEW_KEY,
            "-keyout",
            self._key,
            "-out",
            self.file,
            "-subj",
            "/CN=test authority",
            "-days",
            "2",
        )

    def leaf(self, *names: str, days: int = 2, must_staple: bool = False) -> Leaf:
        """A certificate for these names and addresses. Negative days: one that has expired."""
        leaf, request, extensions = self._files(f"{names[0]}-{days}")
        feature = "tlsfeature=status_request\n" if must_staple else ""
        extensions.write_text(f"subjectAltName={_alternative_names(names)}\n{feature}")
        _openssl("req", *NEW_KEY, "-keyout", leaf.key, "-out", request, "-subj", f"/CN={names[0]}")
        _openssl(
            "x509",
            "-req",
            "-in",
            request,
            "-CA",
            self.file,
            "-CAkey",
            self._key,
            "-CAcreateserial",
            "-days",
            str(days),
            "-extfile",
            extensions,
            "-out",
            leaf.certificate,
        )
        return leaf

    def status_of(self, leaf: Leaf) -> Path:
        """An OCSP response that the certificate is good, for its server to staple."""
        index, request, response = (self.folder / f"status.{kind}" for kind in ("index", "request", "response"))
        serial = _openssl("x509", "-in", leaf.certificate, "-noout", "-serial").strip().partition("=")[2]
        index.write_text(f"V\t491231235959Z\t\t{serial}\tunknown\t/CN=any\n")
        _openssl("ocsp", "-issuer", self.file, "-cert", leaf.certificate, "-reqout", request)
        signer = ["-index", index, "-CA", self.file, "-rsigner", self.file, "-rkey", self._key]
        _openssl("ocsp", *signer, "-reqin", request, "-respout", response, "-ndays", "2")
        return response

    def self_signed(self, *names: str) -> Leaf:
        """A certificate that nobody but its holder vouches for."""
        leaf, _, _ = self._files(f"{names[0]}-self-signed")
        _openssl(
            "req",
            "-x509",
            *NEW_KEY,
            "-keyout",
            leaf.key,
            "-out",
            leaf.certificate,
            "-subj",
            f"/CN={names[0]}",
            "-addext",
            f"subjectAltName={_alternative_names(names)}",
            "-days",
            "2",
        )
        return leaf

    def _files(self, stem: str) -> tuple[Leaf, Path, Path]:
        return (
            Leaf(self.folder / f"{stem}.pem", self.folder / f"{stem}.key"),
            self.folder / f"{stem}.csr",
            self.folder / f"{stem}.ext",
        )


def _alternative_names(names: tuple[str, ...]) -> str:
    return ",".join(("IP:" if _is_address(name) else "DNS:") + name for name in names)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _openssl(*arguments: str | Path) -> str:
    return subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, text=True).stdout
