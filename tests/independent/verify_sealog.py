#!/usr/bin/env python3
"""Verifies a sealog archive; written from the page src-tauri/docs/sealog.md, whose sections (§) it cites.

Needs the standard library and the `zstd` tool. Left out: SLTS; SLIX and the roots of powers of two, so that a
change whose leaf list was changed too is bounded by checkpoints and breaks what follows (§8). An archive with
a start beyond 0 that lost its SLID is not looked at. An "ordinal" is the place of a line in the file, from 0.
Exit code: 0 intact, 1 broken, 2 could not look, 3 unproven or unsealed.
"""
import argparse, base64, bisect, collections, fnmatch, hashlib, itertools, json, os, re, struct
import subprocess, sys
from pathlib import Path
from types import SimpleNamespace as Record

MIB, HELD_MAX = 1 << 20, 4 << 20  # HELD_MAX: lines, and pairs of equal lines, that can be held
PAYLOAD_MAX = {b"SLID": 2080, b"SLTL": 131124, b"SLCP": 65536, b"SLTS": 65536, b"SLIX": 64 * MIB}
ZSTD, SEALOG, CONTROL = b"\x28\xb5\x2f\xfd", b"\x5a\x2a\x4d\x18", b'{"@sealog":'
KINDS = "header", "source", "source-end", "segment", "gap", "close", "line"
RANK = "intact", "unproven", "unsealed", "broken"

class CouldNotLook(Exception):
    """No verdict: the file is no sealog archive of a known version, or too large."""

# --- Ed25519 (RFC 8032), points as (X, Y, Z, T) ---
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D, ROOT_OF_MINUS_1 = -121665 * pow(121666, P - 2, P) % P, pow(2, (P - 1) // 4, P)
def sha256(*parts): return hashlib.sha256(b"".join(parts)).digest()
def point_add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    return (b - a) * (d - c) % P, (d + c) * (b + a) % P, (d - c) * (d + c) % P, (b - a) * (b + a) % P
def point_decode(raw):
    """The point, or None where its form is not canonical, not on the curve, or of small order."""
    y, sign = int.from_bytes(raw, "little") & (2**255 - 1), raw[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * ROOT_OF_MINUS_1 % P
    if y >= P or x * x % P != square or (x == 0 and sign): return None
    x = x if x & 1 == sign else P - x
    point = eight_times = (x, y, 1, x * y % P)
    for _ in range(3): eight_times = point_add(eight_times, eight_times)
    return None if eight_times[0] == 0 else point
BASE = point_decode((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))
def signature_holds(key, signature, message):
    """Strict: canonical s, A and R; no point of small order; no cofactor."""
    a, r = point_decode(key), point_decode(signature[:32]) if len(signature) == 64 else None
    s = int.from_bytes(signature[32:], "little")
    if not a or not r or s >= L: return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    minus_a, total = (P - a[0], a[1], 1, P - a[3]), (0, 1, 1, 0)
    table = (None, BASE, minus_a, point_add(BASE, minus_a))
    for bit in range(max(s.bit_length(), k.bit_length()) - 1, -1, -1):  # [s]B - [k]A, jointly
        total, pick = point_add(total, total), (s >> bit & 1) | (k >> bit & 1) << 1
        total = point_add(total, table[pick]) if pick else total
    return (total[0] - r[0] * total[2]) % P == 0 == (total[1] - r[1] * total[2]) % P

# --- Tree hashing (§1, RFC 6962): a tree is its frontier, a list of (height, hash), left to right ---
def leaf_hash(entry): return sha256(b"\0", entry)
def push(frontier, height, digest):
    while frontier and frontier[-1][0] == height:
        digest, height = sha256(b"\1", frontier.pop()[1], digest), height + 1
    frontier.append((height, digest))
def root_of(frontier):
    digest = frontier[-1][1] if frontier else sha256(b"")
    for _, left in reversed(frontier[:-1]): digest = sha256(b"\1", left, digest)
    return digest

# --- Keys and checkpoints (§4, C2SP signed-note and tlog-checkpoint); ValueError where they are none ---
def read_vkeys(trust):
    """{(name, key id): public key} of a file with a vkey a line, or of one vkey."""
    text, keys = Path(trust).read_text("utf-8") if os.path.exists(trust) else trust, {}
    for line in filter(lambda line: line and line[0] != "#", map(str.strip, text.splitlines())):
        name, key_id, blob = (line.split("+", 2) + ["", ""])[:3]
        raw = base64.b64decode(blob, validate=True)
        right = raw[:1] == b"\1" and sha256(name.encode(), b"\n", raw)[:4].hex() == key_id.lower()
        if not right or len(raw) != 33 or not point_decode(raw[1:]): raise ValueError("not an Ed25519 vkey")
        keys[name, bytes.fromhex(key_id)] = raw[1:]
    return keys
CHECKPOINT = re.compile("(([^\n]+)/([0-9a-f-]{36})\n(0|[1-9][0-9]{0,18})\n([A-Za-z0-9+/]{43}=)\n)\n"
                        "((?:\u2014 [^\\s+]+ [A-Za-z0-9+/]{7,}=*\n){1,16})")
def read_checkpoint(payload, **place):
    """The checkpoint of a note, with its signatures as (name, key id, signature)."""
    parts = CHECKPOINT.fullmatch(payload.decode())
    if not parts or int(parts[4]) >= 1 << 62: raise ValueError("malformed SLCP")
    found = re.findall(" (.+) (.+)", parts[6])
    lines = [(name, base64.b64decode(text, validate=True)) for name, text in found]
    return Record(log=(parts[2], parts[3]), size=int(parts[4]), root=base64.b64decode(parts[5]), **place,
                  text=parts[1].encode(), signatures=[(name, raw[:4], raw[4:]) for name, raw in lines])

# --- Frames and lines (§2, §3, §6) ---
def frame_at(data, at):
    """(end, kind, payload, valid) as the head here says; the end may lie beyond the file."""
    head, last, blocks = data[at:at + 24].ljust(24, b"\0"), 0, 0
    if head[:4] == ZSTD:
        end = at + (5 if head[4] & 32 else 6) + (head[4] >> 5 & 1, 2, 4, 8)[head[4] >> 6]
        while not last and end <= len(data):
            block, blocks = int.from_bytes(data[end:end + 3], "little"), blocks + 1
            last, kind, size = block & 1, block >> 1 & 3, block >> 3
            end += 3 + (1 if kind == 1 else size)
            if blocks > 513: return at, None, b"", False  # of 128 KiB each: more than 64 MiB
            if head[4] & 0b1011 or kind == 3 or size > 128 << 10: return at, b"data", b"", False
        end += head[4] & 4  # the flag of a checksum is its length
        return end, b"data", data[at:end], end <= len(data)
    length, kind, version, reserved = struct.unpack("<I4sB3s", head[4:16])
    end, payload = max(at + 8 + length, at + 24), data[at + 24:at + 8 + length]
    is_none = any(reserved) or not 0 <= length - 16 <= PAYLOAD_MAX.get(kind, -1)
    if head[:4] != SEALOG or is_none and len(data) - at >= 24: return at, None, b"", False
    return end, kind, payload, end <= len(data) and version == 1 and sha256(payload)[:8] == head[16:24]
def unpack(stored):
    zstd = subprocess.run(["zstd", "-dcq", "--no-check", "--memory=8MB"], input=stored, capture_output=True)
    return zstd.stdout, zstd.returncode != 0  # what was unpacked before a fault, too
def control_line(line):
    """(kind, members); kind "no-control-line" where a line only begins like one."""
    try:
        pairs = json.loads(line.decode(), object_pairs_hook=list)
        members = dict(pairs)
        kind, raw = members["@sealog"], base64.b64decode(members.get("b64", ""), validate=True)
        sound = raw.startswith(CONTROL) and base64.b64encode(raw).decode() == members["b64"] or kind != "line"
        if kind in KINDS and sound and len(members) == len(pairs): return kind, members
    except (ValueError, TypeError, RecursionError): pass
    return "no-control-line", {}

class Archive:
    """What stands in the file, in file order, and its damage (§3, §6); nothing is believed yet."""
    def __init__(self, data):
        self.start, self.uuid, self.frontier, self.leaves, self.control = 0, None, [], [], {}
        self.stored, self.lists, self.notes, self.damage, self.torn_at = {}, {}, [], [], set()
        self.unlike, self.last, at = {}, None, 0  # `unlike`: what differs from its frame, by offset
        magic = re.compile(re.escape(ZSTD) + b"|" + re.escape(SEALOG))
        while at < len(data):
            (end, kind, payload, right), fault = frame_at(data, at), ""
            if not right:  # damage, up to the next valid frame
                later = (match.start() for match in magic.finditer(data, at + 1))
                after = next((place for place in later if frame_at(data, place)[3]), len(data))
                torn, end = end > len(data) == after, after
                payload = data[at:end] if kind == b"data" else payload
                kind, fault = (None, "torn tail") if torn else (kind, f"no valid frame in {end - at} bytes")
            try: self.take(kind, at, payload, right)
            except (ValueError, struct.error) as error: fault = fault or str(error)
            if fault: self.damage.append((at, fault))
            if fault: self.torn_at.add(len(self.leaves))
            at = end
        if not (self.uuid or self.lists or self.notes): raise CouldNotLook("no frame of a sealog archive")
        if not self.uuid and self.control.get(0, ("", {}))[1].get("start"):
            raise CouldNotLook("the tree before this archive is lost with SLID")
    def take(self, kind, offset, payload, right):
        """Takes a frame; ValueError where it is not as it should be. One not `right` may be of use."""
        if kind == b"data":
            (content, failed), first = unpack(payload), len(self.leaves)
            *lines, rest = content.split(b"\n", 1 << 16)
            lines += [rest] if rest and len(lines) < 1 << 16 else []
            self.leaves += map(leaf_hash, lines)
            if len(self.leaves) > HELD_MAX: raise CouldNotLook(f"more than {HELD_MAX} lines")
            for ordinal, line in enumerate(lines, first):
                if line.startswith(CONTROL): self.control[ordinal] = control_line(line)
                if self.control.get(ordinal) == ("no-control-line", {}):
                    self.damage.append((offset, f"line {ordinal} only begins like a control line"))
            self.stored[self.start + first] = self.leaves[first:]
            self.last = (offset + len(payload), sha256(payload), len(lines), len(content)), offset, first
            self.unlike[offset] = "no leaf list follows the frame"
            if failed or rest or len(lines) > 4096: raise ValueError("the frame does not unpack to 1 to 4,096 whole lines")
        elif kind == b"SLTL":
            frame_hash, first, count, size = struct.unpack_from("<32sQIQ", payload)
            hashes = [payload[at:at + 32] for at in range(52, len(payload), 32)]
            if not right or len(payload) not in (52, 52 + 32 * count): raise ValueError("malformed SLTL")
            told, frame, ordinal = self.last or ((), offset, 0)
            same = told == (offset, frame_hash, count, size) and hashes in ([], self.leaves[ordinal:])
            place = frame if told[:1] == (offset,) else offset
            self.unlike[place] = "" if same else "a leaf list unlike its frame"
            self.lists.setdefault(first, hashes or self.leaves[ordinal:])
        elif kind == b"SLCP":
            self.notes.append(read_checkpoint(payload, ordinal=len(self.leaves), offset=offset, right=right,
                                              hash=sha256(payload).hex()))
        elif kind == b"SLID":
            magic, uuid, start = struct.unpack_from("<8s16sQ", payload)
            if right and re.match(b"sealog/[^1]", magic): raise CouldNotLook("another version of sealog")
            heights = [height for height in range(63, -1, -1) if start >> height & 1]
            if not right or offset or magic != b"sealog/1" or len(payload) != 32 + 32 * len(heights):
                raise ValueError("malformed SLID")
            self.start, self.uuid = start, uuid.hex()
            self.frontier = [(h, payload[at:at + 32]) for h, at in zip(heights, range(32, 2080, 32))]

# --- Judging (§7, §8) ---
def align(stored, sealed):
    """{ordinal: place}, increasing: the longest common subsequence; of several, the one with most lines at
    their own place, then the one that ends first in the file."""
    head, tail, least = 0, 0, min(len(stored), len(sealed))
    while head < least and stored[head] == sealed[head]: head += 1
    while tail < least - head and stored[-1 - tail] == sealed[-1 - tail]: tail += 1
    places, ends, best = collections.defaultdict(list), [], []
    for place in range(len(sealed) - tail - 1, head - 1, -1): places[sealed[place]].append(place)
    equal_pairs = sum(len(places[leaf]) for leaf in stored[head:len(stored) - tail])
    if equal_pairs > HELD_MAX: raise CouldNotLook("too many equal lines to align")
    for i in range(head, len(stored) - tail):  # best[k]: the best chain of pairs up to place ends[k]
        for place in places[stored[i]]:
            k = after = bisect.bisect_left(ends, place)
            (length, own, _), before = best[k - 1] if k else ((0, 0, 0), None)
            score = (length + 1, own + (place == i), -i)
            while after < len(ends) and best[after][0] < score: after += 1
            if after > k or k == len(ends) or ends[k] > place:
                ends[k:after], best[k:after] = [place], [(score, (i, place, before))]
    pairs, link = {i: i for i in range(head)}, best[-1][1] if best else None
    pairs.update((len(stored) - n, len(sealed) - n) for n in range(1, tail + 1))
    while link: pairs[link[0]], link = link[1], link[2]
    return dict(sorted(pairs.items()))

class Judgement:
    """Compares what is stored with what was sealed; verdicts are made only here."""
    def __init__(self, archive, keys, patterns):
        self.archive, self.breaks, self.start, control = archive, [], archive.start, archive.control
        self.verdicts, self.indexes = ["unsealed"] * len(archive.leaves), [None] * len(archive.leaves)
        self.header = control[0][1] if control.get(0, ("",))[0] == "header" else {}
        self.judge_signatures(keys, patterns)
        self.find_sealed()
        self.localise()  # what differs from its frame is damage only where all roots hold
        self.damage = archive.damage + [one for one in archive.unlike.items() if one[1] and not self.breaks]
        self.check_signatures()
        self.check_control_lines()
    def say(self, kind, position, count=0, found=None, exact=True, says=""):
        """Adds a break; a change that continues the one before it, in both places, is one with it."""
        new = {"kind": kind, "position": position, "count": count, "exact": exact, "found": found,
               "says": says}
        last = self.breaks[-1] if self.breaks and count else {"position": 0, "count": 0, "found": None}
        behind = None if last["found"] is None else last["found"] + last["count"]
        follows = last["position"] + (kind != "inserted" and last["count"])
        if new == {**last, "position": follows, "count": count, "found": behind}: last["count"] += count
        else: self.breaks.append(new)
    def judge_signatures(self, keys, patterns):
        """`seals`: the checkpoints of this log by text, in file order, and what their signatures say (§7)."""
        seals = {}
        for note in self.archive.notes:
            held = [signature_holds(keys[name, key_id], signature, note.text)
                    for name, key_id, signature in note.signatures if (name, key_id) in keys]
            ours = any(fnmatch.fnmatchcase(note.log[0], pattern) for pattern in patterns)
            note.state = "intact" if ours and any(held) else "unproven" if all(held) else "broken"
            if note.right or note.state == "intact":
                seal = seals.setdefault(note.text, note)
                seal.state = min(seal.state, note.state, key=("intact", "broken", "unproven").index)
        claim = [(self.header.get("origin"), self.header.get("log"))] if self.header else []
        trusted = [seal.log for seal in seals.values() if seal.state == "intact"] or claim
        logs = [log for log in claim if log in trusted] + trusted + [seal.log for seal in seals.values()]
        self.log, self.seals = (logs or [()])[0], [seal for seal in seals.values() if seal.log == logs[0]]
        for seal in seals.values():
            if seal.log != self.log: self.say("resealed", seal.size, says="a checkpoint of another origin")
    def find_sealed(self):
        """`sealed`: leaves that a root confirms (§8), trusted up to `proven`; unknown ones up to `end`."""
        at, self.proven, tree, self.sealed, failed = self.start, self.start, self.archive.frontier, [], []
        stored, lists = self.archive.stored, self.archive.lists
        usable = [seal for seal in self.seals if seal.state != "broken" and seal.size >= at]
        top = max((seal.size for seal in usable if seal.state == "intact"), default=0)
        for seal in sorted(usable, key=lambda seal: (seal.size, seal.state != "intact")):
            for first, second in ((stored, lists), (lists, stored)):
                leaves, grown, piece = [], list(tree), True
                while piece and at + len(leaves) < seal.size:
                    piece = first.get(at + len(leaves)) or second.get(at + len(leaves)) or []
                    leaves = leaves + piece
                for leaf in leaves: push(grown, 0, leaf)
                if at + len(leaves) == seal.size and root_of(grown) == seal.root: break
            else: failed.append(seal)
            if seal not in failed and (seal.state == "intact" or seal.size > top and not failed):
                at, tree, self.sealed = seal.size, grown, self.sealed + leaves
                self.proven = at if seal.state == "intact" else self.proven
        self.known, self.end = at, max([at] + [seal.size for seal in failed])
        self.covered = min((seal.ordinal for seal in usable if seal.size == self.end), default=0)
        self.links = {seal.size: seal.hash for seal in reversed(self.seals) if seal not in failed}
        for seal in failed:
            if seal.size <= at: self.say("resealed", seal.size, says="the root of a checkpoint differs")
    def localise(self):
        """Names what differs between the stored and the sealed lines (§8)."""
        stored, sealed, start = self.archive.leaves, self.sealed, self.start
        pairs = align(stored[:self.covered], sealed)
        marks = [(-1, -1), *pairs.items(), (self.covered, len(sealed))]
        gaps = [(range(i + 1, j), range(p + 1, q)) for (i, p), (j, q) in zip(marks, marks[1:])]
        self.verdicts[:self.covered] = ["broken"] * self.covered
        for i, place in pairs.items():
            self.indexes[i] = start + place
            self.verdicts[i] = "intact" if start + place < self.proven else "unproven"
        missing, moved, unknown = collections.defaultdict(list), {}, self.end - self.known
        original = {leaf: place for place, leaf in reversed(list(enumerate(sealed)))}
        for place in reversed([place for _, places in gaps for place in places]):
            missing[sealed[place]].append(place)
        told = gaps[:-1] if unknown else gaps  # where leaves are unknown, a line may stand as it was sealed
        for i in itertools.chain(*(lines for lines, _ in told), range(self.covered, len(stored))):
            if missing[stored[i]]:
                moved[i], self.verdicts[i] = missing[stored[i]].pop(), "broken"
                self.say("moved", start + moved[i], 1, start + i)
        elsewhere = set(moved.values())
        for lines, places in gaps:
            gone = [start + place for place in places if place not in elsewhere]
            lines = [i for i in lines if i not in moved]
            if unknown and places.stop == len(sealed):
                for index in gone: self.say("removed", index, 1)
                kind = "removed" if len(lines) < unknown else "modified"
                self.say(kind, self.known, unknown, exact=not lines)
                continue
            for i, index in itertools.zip_longest(lines, gone):
                if i is None: self.say("removed", index, 1)
                elif index is not None: self.say("modified", index, 1, start + i)
                elif stored[i] in original: self.say("duplicated", start + original[stored[i]], 1, start + i)
                else: self.say("inserted", start + places.stop, 1, start + i)
    def check_signatures(self):
        """A signature of a trusted key that does not hold breaks what nothing else proves (§7)."""
        for seal in (seal for seal in self.seals if seal.state == "broken"):
            since = max((s.ordinal for s in self.seals if s.ordinal < seal.ordinal), default=0)
            lines = [i for i in range(since, seal.ordinal) if self.verdicts[i] != "intact"]
            for i in lines: self.verdicts[i] = "broken"
            if lines: self.say("bad-signature", self.start + lines[0], len(lines))
            else: self.damage.append((seal.offset, "a signature of a trusted key does not hold"))
    def check_control_lines(self):
        """Of lines not broken (§2, §7): header first, a segment after each checkpoint, close last."""
        self.indexes[self.covered:] = range(self.end, self.end + len(self.indexes) - self.covered)
        standing = [i for i, verdict in enumerate(self.verdicts) if verdict != "broken"]
        claim = [self.start, self.archive.uuid, *self.log]
        for i in standing:
            index, (kind, members) = self.indexes[i], self.archive.control.get(i, ("", {}))
            stated = [members.get(name) for name in ("start", "archive", "origin", "log")][:len(claim)]
            stated[1] = self.archive.uuid and str(stated[1]).replace("-", "")
            linked = kind == "segment" and members.get("previous") == self.links.get(index, "")
            due = index != self.start and (kind == "segment" or index in self.links)
            for breaks_it, says in (
                    (due and not linked and i not in self.archive.torn_at, "no link to the checkpoint"),
                    (kind == "header" and (index != self.start or stated != claim), "another header"),
                    (kind == "close" and members.get("size") != index + 1, "a close of another size")):
                if breaks_it: self.say("relinked", index, says=says)
            if i == 0 and index == self.start and kind != "header":
                self.say("removed", 0, self.start or 1, says="the first leaf is no header")
            for n in standing if kind == "close" else ():
                if n <= i or self.verdicts[n] == "broken": continue
                self.verdicts[n] = "broken"
                self.say("inserted", index + 1, 1, n + self.start, says="an entry after close")
    def report(self):
        """The answer, as `--json` prints it."""
        kinds = [self.archive.control.get(i, ("line",))[0] for i in range(len(self.verdicts))]
        logs = [verdict for verdict, kind in zip(self.verdicts, kinds) if kind in ("line", "no-control-line")]
        intact = [verdict == "intact" for verdict in self.verdicts] or [False]
        runs = [(verdict, len(list(run))) for verdict, run in itertools.groupby(self.verdicts)]
        ends = list(itertools.accumulate((count for _, count in runs), initial=self.start))
        worst = max(logs or self.verdicts or ["unsealed"], key=RANK.index)
        closed = intact[-1] and kinds[-1] == "close" and self.end == self.indexes[-1] + 1
        return {
            "verdict": "broken" if self.breaks else worst,
            "entries": {"total": len(logs), "control": len(kinds) - len(logs),
                        **{verdict: logs.count(verdict) for verdict in RANK}},
            "tail": {"anchored": closed},
            "head": {"anchored": bool(self.header) and self.start == 0 and intact[0]},
            "ranges": [{"from": a, "to": b, "verdict": verdict} for a, b, (verdict, _) in
                       zip(ends, ends[1:], runs)],
            "breaks": self.breaks,
            "damage": [{"offset_bytes": at, "reason": why} for at, why in sorted(set(self.damage))]}

def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("archive")
    parser.add_argument("--trust", required=True, help="a file with a vkey a line, or one vkey")
    parser.add_argument("--origin", action="append", help="origins the keys may speak for")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    try:
        archive = Archive(Path(arguments.archive).read_bytes())
        report = Judgement(archive, read_vkeys(arguments.trust), arguments.origin or ["*"]).report()
    except (CouldNotLook, OSError, ValueError) as error:
        print(f"could not look: {error}", file=sys.stderr)
        return 2
    print(json.dumps(report, indent=None if arguments.json else 1))
    return {"intact": 0, "broken": 1}.get(report["verdict"], 3)

if __name__ == "__main__":
    sys.exit(main())
