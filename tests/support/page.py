"""The numbers that a page of `gannet report` shows, read from its HTML."""

from __future__ import annotations

from collections import defaultdict
from html.parser import HTMLParser


class PageNumbers(HTMLParser):
    """`of[id]`: the numbers, as they are for programs, below the element with that id; `rows[id]`: the table rows below
    it, each by its header, as numbers where cells have such and as text where not."""

    VOID = {"meta", "img", "wbr", "rect", "line", "br"}

    def __init__(self, text: str) -> None:
        super().__init__()
        self.of: dict[str, list[int]] = defaultdict(list)
        self.rows: dict[str, dict[str, list[int | str]]] = defaultdict(dict)
        self.texts: dict[str, str] = defaultdict(str)
        self.tags: dict[str, int] = defaultdict(int)
        self._open: list[tuple[str, str | None]] = []
        self._row: list[tuple[str, str]] = []
        self.feed(text)
        self.close()
        assert not self._open, self._open

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        named = dict(attributes)
        self.tags[tag] += 1
        if tag not in self.VOID:
            self._open.append((tag, named.get("id")))
        if tag == "tr":
            self._row = []
        if tag in ("th", "td"):
            self._row.append((tag, ""))
        if tag == "data":
            for identity in self._ids():
                self.of[identity].append(int(named["value"]))
            if self._row:
                self._row[-1] = ("data", named["value"])

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in self.VOID:
            return
        opened, _ = self._open[-1]
        assert opened == tag, f"</{tag}> closes <{opened}>"
        if tag == "tr" and self._row:
            name, *cells = self._row
            values = [int(text) if kind == "data" else text for kind, text in cells if kind == "data" or text]
            for identity in self._ids():
                self.rows[identity][name[1].strip()] = values
            self._row = []
        self._open.pop()

    def handle_data(self, text: str) -> None:
        for identity in self._ids():
            self.texts[identity] += text
        if self._row and self._row[-1][0] != "data":
            self._row[-1] = (self._row[-1][0], self._row[-1][1] + text)

    def _ids(self) -> list[str]:
        return [identity for _, identity in self._open if identity]
