"""The benchmark's own network and mounts: nothing else of the machine talks on its loopback, port 53 is free, and its
resolv.conf is seen by nobody else. All of it ends with the benchmark, however that ends."""
from __future__ import annotations

import os
import subprocess
import sys

_INSIDE = "GANNET_BENCH_ISOLATED"
_NEW = ["unshare", "--net", "--mount"]


def isolate() -> bool:
    """Starts this program anew in namespaces of its own. False, and nothing happens, without the right to make them."""
    if os.environ.get(_INSIDE):
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        # A host with loopback addresses alone counts as one without IPv4, and its resolver asks nobody.
        subprocess.run(["ip", "address", "add", "192.0.2.1/32", "dev", "lo"], check=True)
        return True
    if subprocess.run([*_NEW, "true"], capture_output=True).returncode != 0:
        return False
    os.execvpe(_NEW[0], [*_NEW, sys.executable, *sys.argv], {**os.environ, _INSIDE: "yes"})
