"""A disk whose power was cut: what it holds after the first of a program's operations, when what was not synced is lost,
kept or torn. Harsher than ext4: an entry of a folder lasts once that folder was synced, and without that each comes or
goes by itself; but renaming is one thing."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from support.faults import Operation

METHODS = ("lost", "kept", "torn", "mixed")  # torn: changes of folders survive in order, as those of a journal do


@dataclass
class File:
    data: bytearray = field(default_factory=bytearray)
    synced: bytes = b""


@dataclass
class Folder:
    """Its entries are in the changes."""


Node = File | Folder


@dataclass
class Change:
    """Of entries, each a folder and a name: one is taken away, one is put there, or both."""

    removed: tuple[int, str] | None = None
    added: tuple[int, str] | None = None
    node: int = -1
    lasts: bool = False

    def touches(self, folder: int) -> bool:
        return folder in {place[0] for place in (self.removed, self.added) if place}


class Disk:
    """Everything that is in `root` now lasts."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._nodes: list[Node] = [Folder()]
        self._now: dict[tuple[int, str], int] = {}  # entries
        self._changes: list[Change] = []
        for path in sorted(root.rglob("*")):
            if path.is_dir():
                self._put(path, Folder())
            elif path.is_file():
                self._put(path, File(bytearray(path.read_bytes()), path.read_bytes()))
        self._sync_everything()

    def was_not_synced(self, path: Path) -> None:
        self._node(path).synced = b""

    def do(self, operation: Operation) -> None:
        path = Path(operation.path)
        match operation.call:
            case "create":
                self._put(path, File())
            case "mkdir":
                self._put(path, Folder())
            case "write":
                end = operation.offset + len(operation.data)
                data = self._node(path).data
                data.extend(bytes(max(0, end - len(data))))
                data[operation.offset : end] = operation.data
            case "truncate":
                del self._node(path).data[operation.offset :]
            case "unlink" | "rmdir":
                self._change(Change(removed=self._place(path)))
            case "rename":
                place = self._place(path)
                self._change(Change(place, self._place(Path(operation.other)), self._now[place]))
            case "link":
                self._change(Change(None, self._place(Path(operation.other)), self._now[self._place(path)]))
            case "fsync" | "fdatasync":
                self._sync(path)
            case "syncfs":
                self._sync_everything()
            case call:
                raise AssertionError(f"what does {call} do?")

    def lasting(self, name: str) -> list[bytes]:
        """What is synced of the files of this name, wherever they are."""
        return [self._nodes[node].synced for (_, entry), node in self._now.items() if entry == name]

    def cut(self, method: str, luck: random.Random, target: Path) -> None:
        """Writes what is left into the folder `target`."""
        beginning = luck.randint(0, len(self._changes))
        entries: dict[tuple[int, str], int] = {}
        for number, change in enumerate(self._changes):
            survives = {"lost": False, "kept": True, "torn": number < beginning, "mixed": luck.random() < 0.5}
            if change.lasts or survives[method]:
                entries.pop(change.removed, None)
                if change.added:
                    entries[change.added] = change.node
        self._write(0, entries, target, lambda file: self._content(file, method, luck))

    @staticmethod
    def _content(file: File, method: str, luck: random.Random) -> bytes:
        if method == "lost":
            return file.synced
        if method == "kept" or bytes(file.data) == file.synced:
            return bytes(file.data)
        if not file.data.startswith(file.synced):
            return luck.choice([file.synced, bytes(file.data)])
        kept = luck.randint(len(file.synced), len(file.data))
        zeros = luck.choice([0, luck.randint(0, len(file.data) - kept)])
        return bytes(file.data[:kept]) + bytes(zeros)

    def _write(self, folder: int, entries: dict[tuple[int, str], int], target: Path, content) -> None:
        target.mkdir(exist_ok=True)
        for (parent, name), number in entries.items():
            node = self._nodes[number]
            if parent == folder and isinstance(node, Folder):
                self._write(number, entries, target / name, content)
            elif parent == folder:
                (target / name).write_bytes(content(node))

    def _sync(self, path: Path) -> None:
        number = self._number(path)
        if isinstance(self._nodes[number], File):
            self._nodes[number].synced = bytes(self._nodes[number].data)
            return
        for change in self._changes:
            change.lasts = change.lasts or change.touches(number)

    def _sync_everything(self) -> None:
        for node in self._nodes:
            if isinstance(node, File):
                node.synced = bytes(node.data)
        for change in self._changes:
            change.lasts = True

    def _put(self, path: Path, node: Node) -> None:
        self._nodes.append(node)
        self._change(Change(None, self._place(path), len(self._nodes) - 1))

    def _change(self, change: Change) -> None:
        self._changes.append(change)
        if change.removed:
            del self._now[change.removed]
        if change.added:
            self._now[change.added] = change.node

    def _place(self, path: Path) -> tuple[int, str]:
        return self._number(path.parent), path.name

    def _number(self, path: Path) -> int:
        number = 0
        for name in PurePath(path).relative_to(self._root).parts:
            number = self._now[number, name]
        return number

    def _node(self, path: Path) -> Node:
        return self._nodes[self._number(path)]
