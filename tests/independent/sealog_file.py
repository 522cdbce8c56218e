"""Reads a sealog file: frames, lines, control lines and damage (sections 1 to 6 of the page).

Written from src-tauri/docs/sealog.md alone. Nothing is judged here but damage. An "ordinal" is the
place of a line in the file, from 0; a leaf index is its place in the signed tree.
"""
import json
import re
import struct
import subprocess
import tempfile
from types import SimpleNamespace as Record

from published import base64_canonical, cover, leaf_hash, read_checkpoint, sha256

MIB = 1 << 20
READ_LINES_MAX, LEAVES_MAX = MIB, 4 * MIB  # of one frame; of the file: what this program can hold
PAYLOAD_MAX = {b"SLID": 2080, b"SLTL": 131124, b"SLCP": 65536, b"SLTS": 65536, b"SLIX": 64 * MIB}
ZSTD, SEALOG, CONTROL = b"\x28\xb5\x2f\xfd", b"\x5a\x2a\x4d\x18", b'{"@sealog":'
KINDS = ("header", "source", "source-end", "segment", "gap", "close", "line")


class CouldNotLook(Exception):
    """No verdict: the file is no sealog archive of a known version, or too large."""


def zstd_frame(data, at):
    """(end, faults) when the block headers lead to an end inside the file, else None."""
    flags = data[at + 4] if at + 4 < len(data) else 8
    single, dictionary = flags & 32, (0, 1, 2, 4)[flags & 3]
    size_bytes = (1 if single else 0, 2, 4, 8)[flags >> 6]
    end, last = at + 5 + (not single) + dictionary + size_bytes, 0
    if flags & 8 or end > len(data):
        return None
    window = 0 if single else (1 << 10 + (data[at + 5] >> 3)) * (8 + (data[at + 5] & 7)) // 8
    faults = [text for is_so, text in (
        (not size_bytes, "no content size"), (not flags & 4, "no checksum"),
        (dictionary, "a dictionary"), (flags & 16, "the unused bit is set"),
        (window > 8 * MIB, "window larger than 8 MiB")) if is_so]
    while not last:
        block = int.from_bytes(data[end:end + 3], "little")
        last, kind, size = block & 1, block >> 1 & 3, block >> 3
        end += 3 + (1 if kind == 1 else size)
        if kind == 3 or size > 128 << 10 or end > len(data) or end - at > 66 * MIB:
            return None
    end += flags & 4
    return (end, faults) if end <= len(data) else None


def sealog_frame(data, at):
    """(end, kind, payload, faults) of a sealog frame in the file, hash right or not; or None."""
    length, kind = int.from_bytes(data[at + 4:at + 8], "little"), data[at + 8:at + 12]
    end, payload, faults = at + 8 + length, data[at + 24:at + 8 + length], []
    if length < 16 or end > len(data) or length - 16 > PAYLOAD_MAX.get(kind, 64 * MIB):
        return None
    if kind == b"SLID" and (data[at + 12] != 1 or re.match(rb"sealog/(?!1)", payload)):
        raise CouldNotLook("a version of sealog that this program does not know")
    if sha256(payload)[:8] != data[at + 16:at + 24]:
        faults.append("wrong payload hash")
    if kind not in PAYLOAD_MAX or data[at + 12] != 1 or any(data[at + 13:at + 16]):
        faults.append("unknown type or version, or reserved bytes not zero")
    return end, kind, payload, faults


def valid_frame(data, at):
    """(end, kind, payload, faults) of the valid frame here, or None; kind of a data frame: data."""
    if data[at:at + 4] == ZSTD:
        found = zstd_frame(data, at)
        return found and (found[0], b"data", data[at:found[0]], found[1])
    found = sealog_frame(data, at) if data[at:at + 4] == SEALOG else None
    return None if not found or "wrong payload hash" in found[3] else found


def walk(data):
    """(offset, kind, payload, faults) in file order; bytes that are no valid frame: kind None."""
    at, magic = 0, re.compile(b"|".join(map(re.escape, (ZSTD, SEALOG))))
    while at < len(data):
        found = valid_frame(data, at)
        if not found:
            later = (match.start() for match in magic.finditer(data, at + 1))
            end = next((p for p in later if valid_frame(data, p)), len(data))
            wounded = sealog_frame(data, at) if data[at:at + 4] == SEALOG else None
            torn = end == len(data) and not wounded and magic.match(data, at)
            yield at, None, b"", ["torn tail" if torn else f"no valid frame in {end - at} bytes"]
            found = (end, *wounded[1:]) if wounded else (end, None, b"", [])
        yield (at, *found[1:])
        at = found[0]


def unpack(stored):
    """(content, reason or None): what zstd unpacks before a fault, never more than the limit."""
    content, reason = b"", None
    for check in ("--check", "--no-check"):  # at a wrong checksum the tool keeps back a block
        with tempfile.TemporaryFile() as source:
            source.write(stored)
            source.seek(0)
            with subprocess.Popen(["zstd", "-dcq", check, "--memory=65MB"], stdin=source,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as tool:
                content = max(content, tool.stdout.read(64 * MIB + 2), key=len)
                if len(content) > 64 * MIB + 1:
                    tool.kill()
        if len(content) > 64 * MIB + 1:
            return content[:64 * MIB + 1], "content larger than the limit"
        if tool.returncode == 0:
            break
        reason = "the frame does not unpack"
    return content, reason


def control_line(line):
    """(kind, members), or None for a line that begins like a control line but is none."""
    def once(pairs):
        if len(dict(pairs)) != len(pairs):
            raise ValueError("a member stands twice")
        return dict(pairs)
    try:
        value = json.loads(line.decode(), object_pairs_hook=once)
        kind = value["@sealog"]
        if kind == "line" and not base64_canonical(value["b64"]).startswith(CONTROL):
            return None
        return (kind, value) if kind in KINDS else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def read_rows(payload):
    """The rows of SLIX: (offset, stored, content, first, count, hashes); none if malformed."""
    rows, at = [], 4
    try:
        for _ in range(struct.unpack_from("<I", payload)[0]):
            *row, number = struct.unpack_from("<QQQQII", payload, at)
            at += 40 + 32 * number
            if at > len(payload):
                return []
            rows.append((*row, [payload[i:i + 32] for i in range(at - 32 * number, at, 32)]))
    except struct.error:
        return []
    return rows if at == len(payload) else []


class Archive:
    """What the file holds in file order. Judges nothing but damage."""
    def __init__(self, data):
        self.leaves, self.control, self.frames, self.notes = [], {}, [], []
        self.damage, self.lists, self.rows, self.torn_at = [], [], [], set()
        self.strays = []
        self.start, self.uuid, self.frontier, kinds = None, None, [], []
        for offset, kind, payload, faults in walk(data):
            self.damage += [(offset, fault) for fault in faults]
            if kind is None:
                self.torn_at.add(len(self.leaves))
                continue
            if kinds[-1:] == [b"SLIX"] or (kind == b"SLID") != (not kinds):
                self.damage.append((offset, "a frame out of its place"))
            kinds.append(kind)
            if not {b"data": self.take_data, b"SLID": self.take_identity,
                    b"SLTL": self.take_leaf_list, b"SLCP": self.take_note,
                    b"SLIX": self.take_rows}.get(kind, lambda *_: True)(offset, payload, faults):
                self.damage.append((offset, f"malformed {kind.decode('latin-1')}"))
        if not set(kinds) & {b"SLID", b"SLTL", b"SLCP"}:
            raise CouldNotLook("no frame of a sealog archive in this file")
        if self.start is None:
            claimed = self.control.get(0, ("", {}))[1].get("start", 0)
            self.start = claimed if type(claimed) is int and 0 <= claimed < 1 << 63 else 0
        self.compare_frames()

    def take_identity(self, offset, payload, faults):
        start = int.from_bytes(payload[24:32], "little")
        heights = [h for h in range(63, -1, -1) if start >> h & 1]
        if payload[:8] != b"sealog/1" or len(payload) != 32 + 32 * len(heights) or self.uuid \
                or start >= 1 << 63:
            return False
        self.start, self.uuid = start, payload[8:24].hex()
        self.frontier = [(h, payload[32 + 32 * i:64 + 32 * i]) for i, h in enumerate(heights)]
        return True

    def take_data(self, offset, stored, faults):
        content, reason = unpack(stored)
        lines, first = content.split(b"\n", READ_LINES_MAX), len(self.leaves)
        rest, frame_faults = lines.pop(), []
        if reason:
            self.damage.append((offset, reason))
        elif rest and len(lines) < READ_LINES_MAX:
            lines.append(rest)
            frame_faults.append("the last line has no line feed")
        if len(lines) > 4096 or len(lines) != 1 and len(content) > 8 * MIB:
            frame_faults.append("more lines or bytes in a frame than allowed")
        if first + len(lines) > LEAVES_MAX:
            raise CouldNotLook(f"more than {LEAVES_MAX} lines")
        for ordinal, line in enumerate(lines, first):
            self.leaves.append(leaf_hash(line))
            if line.startswith(CONTROL):
                self.control[ordinal] = control_line(line) or ("no-control-line", {})
                if self.control[ordinal][0] == "no-control-line":
                    self.damage.append((offset, f"line {ordinal}: not a control line"))
        self.frames.append(Record(offset=offset, first=first, count=len(lines), faults=frame_faults,
                                  size=len(content), stored=len(stored), hash=sha256(stored),
                                  list=None))
        return bool(lines)

    def take_leaf_list(self, offset, payload, faults):
        if len(payload) < 52:
            return False
        frame_hash, first, count, size = struct.unpack_from("<32sQIQ", payload)
        hashes = [payload[i:i + 32] for i in range(52, len(payload), 32)]
        if len(payload) not in (52, 52 + 32 * count) or first + count >= 1 << 63:
            return False
        self.lists.append(Record(first=first, count=count, hashes=hashes))
        frame = self.frames[-1] if self.frames else None
        if not frame or frame.offset + frame.stored != offset:
            self.strays.append((offset, "a leaf list without its frame"))
            return True
        frame.list = self.lists[-1]
        leaves = self.leaves[frame.first:]
        if frame_hash != frame.hash or size != frame.size or count != frame.count:
            frame.faults.append("the leaf list names another frame")
        if hashes and hashes != leaves:
            frame.faults.append("the leaf list differs from the frame")
        return True

    def take_note(self, offset, payload, faults):
        """`sound` notes count; an unsound one only where a trusted signature holds."""
        try:
            note = read_checkpoint(payload)
        except ValueError:
            return False
        self.notes.append(Record(note=note, ordinal=len(self.leaves), offset=offset,
                                 sound=not faults, hash=None if faults else sha256(payload)))
        return True

    def take_rows(self, offset, payload, faults):
        self.rows, self.rows_at = read_rows(payload), offset
        return payload == bytes(4) or bool(self.rows)

    def compare_frames(self):
        """Completes the faults of data frames, once the start index is known."""
        for frame in self.frames:
            first = self.start + frame.first
            if frame.count and first // 4096 != (first + frame.count - 1) // 4096:
                frame.faults.append("the frame crosses a multiple of 4,096")
            if not frame.list:
                frame.faults.append("no leaf list follows the frame")

    def row_faults(self):
        """Says how SLIX, if there is one, differs from the data frames."""
        actual = [(f.offset, f.stored, f.size, self.start + f.first, f.count,
                   [digest for _, digest in cover(self.start + f.first,
                                                  self.leaves[f.first:f.first + f.count])])
                  for f in self.frames] if self.rows else []
        return [(self.rows_at, "SLIX differs from the data frames")] if self.rows != actual else []
