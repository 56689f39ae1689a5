"""What the headers and the dynamic section of a 64-bit little-endian ELF library say, and leaving out what a package does not need."""

import struct
from pathlib import Path

NEEDED, STRTAB, STRSZ, SONAME, RPATH, RUNPATH = 1, 5, 10, 14, 15, 29
VERNEED, VERNEEDNUM = 0x6FFFFFFE, 0x6FFFFFFF
LOAD, DYNAMIC = 1, 2
SYMTAB, NOBITS = 2, 8


class Library:
    """A shared library's soname, the libraries and the versions of them that it needs, and its run path."""

    def __init__(self, path: Path) -> None:
        """Reads the file; raises ValueError where it is not such a library."""
        self.data = bytearray(path.read_bytes())
        if self.data[:6] != b"\x7fELF\x02\x01":
            raise ValueError(f"{path} is no 64-bit little-endian ELF file")
        #: The processor, by ELF's number: 62 is x86-64, 183 aarch64.
        (self.machine,) = struct.unpack_from("<H", self.data, 18)
        self._segments = [struct.unpack_from("<IIQQQQ", self.data, at) for at in self._headers()]
        self._entries = list(self._dynamic())
        tags = dict(self._entries)
        self._strings = self._offset(tags[STRTAB])
        self._strings_end = self._strings + tags[STRSZ]
        self.soname = self._text(tags[SONAME]) if SONAME in tags else ""
        self.needed = [self._text(value) for tag, value in self._entries if tag == NEEDED]
        self._run_path = [value for tag, value in self._entries if tag in (RPATH, RUNPATH)]
        self.run_path = [part for value in self._run_path for part in self._text(value).split(":")]
        #: Versions of symbols that it needs, such as "GLIBC_2.17".
        self.versions = sorted(self._versions(tags)) if VERNEED in tags else []

    def keep_relative_run_path(self) -> None:
        """Leaves of the run path what is relative to the library, in place: the rest is overwritten with zeros."""
        for value in self._run_path:
            start = self._strings + value
            old = self._text(value).encode()
            kept = ":".join(part for part in old.decode().split(":") if part.startswith("$ORIGIN")).encode()
            if kept == old:
                continue
            # A linker may let one string be the tail of another: none may begin inside this one.
            names = [offset for tag, offset in self._entries if tag in (NEEDED, SONAME)]
            if any(value < offset <= value + len(old) for offset in names):
                raise ValueError("the run path shares its text with another entry")
            self.data[start:start + len(old)] = kept.ljust(len(old), b"\0")

    def drop_symbols(self) -> None:
        """Leaves out the names of the functions inside, which backtraces and debuggers alone read, where they end the file."""
        (table,) = struct.unpack_from("<Q", self.data, 40)
        size, count, names = struct.unpack_from("<HHH", self.data, 58)
        # Name, kind, flags, address, offset, size, link, info, alignment, size of an entry.
        sections = [list(struct.unpack_from("<IIQQQQIIQQ", self.data, table + i * size)) for i in range(count)]
        symbols = [i for i, section in enumerate(sections) if section[1] == SYMTAB]
        if len(symbols) != 1:
            return
        dropped = {symbols[0], sections[symbols[0]][6]}
        first = min(sections[i][4] for i in dropped)
        at_the_end = {i for i, section in enumerate(sections) if section[1] != NOBITS and section[4] >= first}
        if at_the_end != dropped | {names} or names in dropped or min(at_the_end) <= max(set(range(count)) - at_the_end) or table < first:
            return
        text = self.data[sections[names][4]:][:sections[names][5]]
        kept = [section for i, section in enumerate(sections) if i not in dropped]
        sections[names][4] = first
        self.data[first:] = text + bytes(-(first + len(text)) % 8)
        struct.pack_into("<Q", self.data, 40, len(self.data))
        struct.pack_into("<HH", self.data, 60, len(kept), kept.index(sections[names]))
        for section in kept:
            self.data += struct.pack("<IIQQQQIIQQ", *section)

    def _headers(self) -> range:
        (start,) = struct.unpack_from("<Q", self.data, 32)
        size, count = struct.unpack_from("<HH", self.data, 54)
        return range(start, start + size * count, size)

    def _dynamic(self):
        for kind, _, start, _, _, size in self._segments:
            if kind == DYNAMIC:
                for at in range(start, start + size, 16):
                    tag, value = struct.unpack_from("<qQ", self.data, at)
                    if tag == 0:
                        return
                    yield tag, value

    def _versions(self, tags: "dict[int, int]"):
        at = self._offset(tags[VERNEED])
        for _ in range(tags[VERNEEDNUM]):
            _, count, _, first, step = struct.unpack_from("<HHIII", self.data, at)
            entry = at + first
            for _ in range(count):
                name, following = struct.unpack_from("<II", self.data, entry + 8)
                yield self._text(name)
                entry += following
            at += step

    def _offset(self, address: int) -> int:
        for kind, _, start, virtual, _, size in self._segments:
            if kind == LOAD and virtual <= address < virtual + size:
                return start + address - virtual
        raise ValueError(f"no segment holds the address {address:#x}")

    def _text(self, offset: int) -> str:
        start = self._strings + offset
        return self.data[start:self.data.index(b"\0", start, self._strings_end)].decode()
