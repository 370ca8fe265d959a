"""A real browser without a screen, Debian's Chromium, that opens a page at a width and tells what it sees."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

# The page is opened in a frame as wide as asked for, because windows have a least width; a script beside it measures.
WATCHER = """<!doctype html><meta charset=utf-8><link rel=icon href="data:,"><style>body {{ margin: 0 }} iframe {{ border: 0; display: block }}</style>
<iframe width={width} height={height} src="page.html"></iframe><pre hidden></pre><script>
  const frame = document.querySelector("iframe");
  frame.onload = () => {{
    const page = frame.contentDocument, root = page.documentElement;
    const all = [...page.body.querySelectorAll("*")];
    document.querySelector("pre").textContent = JSON.stringify({{
      width: root.clientWidth, needed: root.scrollWidth, height: root.scrollHeight,
      sticking_out: all.filter(one => one.getBoundingClientRect().right > root.clientWidth + 1)
        .map(one => one.tagName + "." + one.getAttribute("class")).slice(0, 9),
      text: page.body.innerText, background: frame.contentWindow.getComputedStyle(page.body).backgroundColor,
      ink: frame.contentWindow.getComputedStyle(page.body).color,
      pictures: [...page.images].map(one => {{ one.loading = "eager"; return [one.naturalWidth, one.naturalHeight] }}),
      scripts: page.scripts.length, smallest_type: Math.min(...all.filter(one => one.innerText)
        .map(one => parseFloat(frame.contentWindow.getComputedStyle(one).fontSize)))
    }});
  }};
</script>"""


@dataclass
class View:
    seen: dict
    complaints: list[str]  # what the page made the browser write to its console
    asked: list[str]  # what the browser asked the server for
    screenshot: Path


class _Server(ThreadingHTTPServer):
    def __init__(self, folder: Path) -> None:
        self.asked: list[str] = []
        server = self

        class Handler(SimpleHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                server.asked.append(self.path)

        super().__init__(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
        Thread(target=self.serve_forever, daemon=True).start()


def view(page: Path, folder: Path, width: int, height: int = 900, dark: bool = False) -> View:
    """Opens `page`; `folder` is for what comes of it."""
    folder.mkdir(parents=True)
    shutil.copy(page, folder / "page.html")
    (folder / "watcher.html").write_text(WATCHER.format(width=width, height=height))
    server = _Server(folder)
    screenshot = folder / "screenshot.png"
    options = [
        "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--enable-logging=stderr",
        f"--user-data-dir={folder / 'profile'}", f"--window-size={max(width, 600)},{height}",
        "--no-first-run", "--disable-background-networking", "--disable-component-update", "--no-proxy-server",
        f"--blink-settings=preferredColorScheme={0 if dark else 1}",
    ]  # fmt: skip
    address = f"http://127.0.0.1:{server.server_port}/watcher.html"
    try:
        dumped = _chromium([*options, "--dump-dom", address])
        _chromium([*options, f"--screenshot={screenshot}", address])
    finally:
        server.shutdown()
        server.server_close()
    found = re.search(r"<pre hidden=\"\">(.+?)</pre>", dumped.stdout, re.DOTALL)
    assert found, dumped.stdout[-500:] + dumped.stderr[-2000:]
    complaints = [line for line in dumped.stderr.splitlines() if ":CONSOLE" in line]
    return View(json.loads(html.unescape(found[1])), complaints, sorted(set(server.asked)), screenshot)


def _chromium(options: list[str]) -> subprocess.CompletedProcess[str]:
    command = ["chromium", *options]
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=True)
