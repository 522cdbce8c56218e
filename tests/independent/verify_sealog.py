#!/usr/bin/env python3
"""Verifies a sealog archive; written from the page src-tauri/docs/sealog.md, whose sections (§) it cites.

Needs the standard library and the `zstd` tool. Left out: SLTS; SLIX and the roots of powers of two, so that a
change whose leaf list was changed too is bounded by checkpoints and breaks what follows (§8); archives with a
start beyond 0 that lost their SLID; the kinds of changes, which name_changes.py tells. An "ordinal" is the
place of a line in the file, from 0. Exit code: 0 intact, 1 broken, 2 could not look, 3 unproven or unsealed.
"""
import argparse, base64, bisect, fnmatch, hashlib, itertools, json, os, re, struct, subprocess, sys, uuid
from collections import ChainMap, Counter, defaultdict, namedtuple
from pathlib import Path
from types import SimpleNamespace as Record

MIB, HELD_MAX = 1 << 20, 4 << 20  # HELD_MAX: lines, and pairs of equal lines, that can be held
PAYLOAD_MAX = {b"SLID": 2080, b"SLTL": 131124, b"SLCP": 65536, b"SLTS": 65536, b"SLIX": 64 * MIB}
ZSTD, SEALOG, CONTROL = b"\x28\xb5\x2f\xfd", b"\x5a\x2a\x4d\x18", b'{"@sealog":'
KINDS = "header", "source", "source-end", "segment", "gap", "close", "line"
RANK = "intact", "unproven", "unsealed", "broken"
Break = namedtuple("Break", "kind sealed stored", defaults=[None])  # half-open ranges of indexes
class CouldNotLook(Exception): """No verdict: no sealog archive of a known version, or too large."""

# --- Ed25519 (RFC 8032), points as (X, Y, Z) ---
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D, ROOT_OF_MINUS_1 = -121665 * pow(121666, -1, P) % P, pow(2, (P - 1) // 4, P)
def sha256(*parts): return hashlib.sha256(b"".join(parts)).digest()
def point_add(p, q):
    x, y, z = p[0] * q[0] % P, p[1] * q[1] % P, p[2] * q[2] % P
    cross, e = (p[0] + p[1]) * (q[0] + q[1]) - x - y, D * x * y % P
    return z * (z * z - e) * cross % P, z * (z * z + e) * (x + y) % P, (z * z - e) * (z * z + e) % P
def times(number, point):
    half = times(number // 2, point_add(point, point)) if number else (0, 1, 1)
    return point_add(half, point) if number & 1 else half
def point_decode(raw):
    """The point, or None where its form is not canonical, not on the curve, or of small order (as x = 0)."""
    y, sign = int.from_bytes(raw, "little") & (2**255 - 1), raw[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * ROOT_OF_MINUS_1 % P
    x = x if x & 1 == sign else P - x
    return (x, y, 1) if y < P and x * x % P == square and times(8, (x, y, 1))[0] else None
BASE = point_decode((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
def signature_holds(key, signature, message):
    """Strict: canonical s, A and R; no point of small order; no cofactor."""
    a, r = point_decode(key), point_decode(signature[:32]) if len(signature) == 64 else None
    s = int.from_bytes(signature[32:], "little")
    if not a or not r or s >= L: return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    p, q = times(s, BASE), point_add(r, times(k, a))
    return (p[0] * q[2] - q[0] * p[2]) % P == 0 == (p[1] * q[2] - q[1] * p[2]) % P

# --- Tree hashing (§1, RFC 6962): a tree is its frontier, a list of (height, hash), left to right ---
def leaf_hash(entry): return sha256(b"\0", entry)
def push(frontier, height, digest):
    while frontier and frontier[-1][0] == height:
        digest, height = sha256(b"\1", frontier.pop()[1], digest), height + 1
    frontier.append((height, digest))
def root_of(frontier):
    digest = frontier[-1][1] if frontier else sha256()
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
NOTE = re.compile("((.+)/([0-9a-f-]{36})\n(0|[1-9][0-9]{0,18})\n([A-Za-z0-9+/]{43}=)\n)\n"
                  "((?:— [^\\s+]+ [A-Za-z0-9+/]{7,}=*\n){1,16})")
def read_checkpoint(payload, **place):
    """The checkpoint of a note, with its signatures as ((name, key id), signature)."""
    parts = NOTE.fullmatch(payload.decode())
    if not parts or int(parts[4]) >= 1 << 62: raise ValueError("malformed SLCP")
    lines = [(name, base64.b64decode(raw, validate=True)) for name, raw in re.findall(" (.+) (.+)", parts[6])]
    return Record(log=parts.group(2, 3), size=int(parts[4]), root=base64.b64decode(parts[5]), payload=payload,
                  text=parts[1].encode(), signed=[((name, raw[:4]), raw[4:]) for name, raw in lines], **place)

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
    """What can be unpacked, up to a fault if there is one, and whether it is sound and whole lines."""
    zstd = subprocess.run(["zstd", "-dcq", "--no-check", "--memory=8MB"], input=stored, capture_output=True)
    return zstd.stdout, zstd.returncode == 0 and zstd.stdout[-1:] in (b"\n", b"")
def control_line(line):
    """(kind, members); of what only begins like a control line the members are None."""
    if not line.startswith(CONTROL): return "line", {}
    try:
        pairs = json.loads(line.decode(), object_pairs_hook=list)
        members = dict(pairs)
        kind, raw = members["@sealog"], base64.b64decode(members.get("b64", ""), validate=True)
        sound = raw.startswith(CONTROL) and base64.b64encode(raw).decode() == members["b64"] or kind != "line"
        if kind in KINDS and sound and len(members) == len(pairs): return kind, members
    except (ValueError, TypeError, RecursionError): pass
    return "line", None

class Archive:
    """What stands in the file, in file order, and its damage (§3, §6); nothing is believed yet."""
    def __init__(self, data):
        self.start, self.identity, self.frontier, self.leaves, self.control = 0, {}, [], [], []
        self.claims, self.notes, self.damage, self.torn = ({}, {}), [], [], set()  # claims: {index: leaves}
        self.last, self.unlike, at = ((), []), {}, 0  # `unlike`: what leaf lists get wrong, by offset
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
            if fault: self.torn.add(len(self.leaves))
            at = end
        self.header = self.control[0][1] if self.control and self.control[0][0] == "header" else {}
        if not self.identity and (self.header.get("start") or not (self.claims[1] or self.notes)):
            raise CouldNotLook("no SLID; and nothing else of a sealog archive, or a start beyond 0")
    def take(self, kind, offset, payload, right):
        """Takes a frame; ValueError where it is not as it should be. One not `right` may be of use."""
        if kind == b"data":
            (content, is_whole), first = unpack(payload), len(self.leaves)
            lines = content.removesuffix(b"\n").split(b"\n", 1 << 16)[:1 << 16] if content else []
            leaves, control = [leaf_hash(line) for line in lines], [control_line(line) for line in lines]
            if first + len(lines) > HELD_MAX: raise CouldNotLook(f"more than {HELD_MAX} lines")
            if ("line", None) in control: self.damage.append((offset, "what only begins like a control line"))
            if lines: self.claims[0][self.start + first] = leaves
            self.leaves += leaves
            self.control += control
            self.last = (offset + len(payload), sha256(payload), len(lines), len(content)), leaves
            self.unlike[offset + len(payload)] = "no leaf list follows the frame"
            if not is_whole or len(lines) > 4096: raise ValueError("does not unpack to 1 to 4096 whole lines")
        elif kind == b"SLTL" and right:
            frame_hash, first, count, size = struct.unpack_from("<32sQIQ", payload)
            hashes = [payload[at:at + 32] for at in range(52, len(payload), 32)]
            same = self.last[0] == (offset, frame_hash, count, size) and hashes in ([], self.last[1])
            self.unlike[offset] = "" if same else "a leaf list unlike its frame"
            if hashes or self.last[1]: self.claims[1].setdefault(first, hashes or self.last[1])
        elif kind == b"SLCP":
            self.notes.append(read_checkpoint(payload, ordinal=len(self.leaves), offset=offset, right=right))
        elif kind == b"SLID" and right:
            magic, name, start = struct.unpack_from("<8s16sQ", payload)
            if re.match(b"sealog/[^1]", magic): raise CouldNotLook("another version of sealog")
            heights = [height for height in range(63, -1, -1) if start >> height & 1]
            tree = [*zip(heights, struct.unpack("32s" * len(heights), payload[32:]))]
            if offset or magic != b"sealog/1": raise ValueError("malformed SLID")
            self.start, self.frontier, self.identity = start, tree, {"archive": str(uuid.UUID(bytes=name))}

def align(stored, sealed):
    """{ordinal: place in `sealed`}, increasing: the common subsequence that §8 asks for."""
    head = len(os.path.commonprefix([stored, sealed]))
    tail = len(os.path.commonprefix([stored[head:][::-1], sealed[head:][::-1]]))
    middle, places, best = range(head, len(stored) - tail), defaultdict(list), [(0, 0, 0, -1, None)]
    for place in reversed(range(head, len(sealed) - tail)): places[sealed[place]].append(place)
    if sum(len(places[stored[i]]) for i in middle) > HELD_MAX: raise CouldNotLook("too many equal lines")
    for i in middle:  # `best`: chains of pairs, as (pairs, pairs at their own place, -i, place, chain before)
        for place in places[stored[i]]:
            k = after = bisect.bisect_left(best, place, key=lambda chain: chain[3])
            chain = best[k - 1][0] + 1, best[k - 1][1] + (place == i), -i, place, best[k - 1]
            while after < len(best) and best[after] < chain: after += 1
            if after > k or k == len(best) or best[k][3] > place: best[k:after] = [chain]
    pairs, chain = {i: i for i in range(head)}, best[-1]
    pairs.update((len(stored) - n, len(sealed) - n) for n in range(1, tail + 1))
    while chain[0]: pairs[-chain[2]], chain = chain[3:]
    return dict(sorted(pairs.items()))

class Judgement:
    """Compares what is stored with what was sealed; verdicts are made only here."""
    def __init__(self, archive, keys, patterns):
        self.archive, self.start, self.header = archive, archive.start, archive.header
        self.judge_signatures(keys, patterns)
        self.find_sealed()
        self.localise()  # what a leaf list gets wrong is damage only where all roots hold
        self.damage = archive.damage + [one for one in archive.unlike.items() if one[1] and not self.breaks]
        self.check_signatures()
        self.check_control_lines()
    def say(self, kind, sealed, stored=None): self.breaks.append(Break(kind, sealed, stored))
    def judge_signatures(self, keys, patterns):
        """`seals`: the checkpoints of this log by text, in file order, and what their signatures say (§7)."""
        seals = {}
        for note in self.archive.notes:
            held = [signature_holds(keys[who], raw, note.text) for who, raw in note.signed if who in keys]
            ours = any(fnmatch.fnmatchcase(note.log[0], pattern) for pattern in patterns)
            note.state = "intact" if ours and any(held) else "unproven" if all(held) else "broken"
            if note.right or note.state == "intact":
                seal = seals.setdefault(note.text, note)
                seal.state = min(seal.state, note.state, key=("intact", "broken", "unproven").index)
        claim = [(self.header.get("origin"), self.header.get("log"))] if self.header else []
        trusted = [seal.log for seal in seals.values() if seal.state == "intact"] or claim
        logs = [log for log in claim if log in trusted] + trusted + [seal.log for seal in seals.values()]
        self.log, self.seals = (logs or [()])[0], [seal for seal in seals.values() if seal.log == logs[0]]
        self.breaks = [Break("resealed", (seal.size,) * 2) for seal in seals.values() if seal.log != self.log]
    def find_sealed(self):
        """`sealed`: leaves that a root confirms (§8), trusted up to `proven`; unknown ones up to `end`."""
        at, tree, self.sealed, failed = self.start, self.archive.frontier, [], []
        usable = [seal for seal in self.seals if seal.state != "broken" and seal.size >= at]
        top = max((seal.size for seal in usable if seal.state == "intact"), default=0)
        for seal in sorted(usable, key=lambda seal: (seal.size, seal.state != "intact")):
            for claims in (ChainMap(*self.archive.claims), ChainMap(*self.archive.claims[::-1])):
                leaves, grown = [], list(tree)
                while at + len(leaves) < seal.size and at + len(leaves) in claims:
                    leaves += claims[at + len(leaves)]
                for leaf in leaves: push(grown, 0, leaf)
                if at + len(leaves) == seal.size and root_of(grown) == seal.root: break
            else: failed.append(seal)
            if seal not in failed and (seal.state == "intact" or seal.size > top and not failed):
                at, tree, self.sealed = seal.size, grown, self.sealed + leaves
        self.end, self.proven = max([at] + [seal.size for seal in failed]), min(at, top)
        self.covered = min((seal.ordinal for seal in usable if seal.size == self.end), default=0)
        self.links = {one.size: sha256(one.payload).hex() for one in self.seals[::-1] if one not in failed}
        self.breaks += [Break("resealed", (seal.size,) * 2) for seal in failed if seal.size <= at]
    def localise(self):
        """Finds where stored and sealed lines differ, between two lines that are as sealed (§8)."""
        stored, start, covered = self.archive.leaves, self.start, self.covered
        self.indexes = {i: start + place for i, place in align(stored[:covered], self.sealed).items()}
        self.verdicts = ["broken"] * covered + ["unsealed"] * (len(stored) - covered)
        for i, at in self.indexes.items(): self.verdicts[i] = "intact" if at < self.proven else "unproven"
        marks = [(-1, start - 1), *self.indexes.items(), (covered, self.end)]
        self.breaks += [Break("changed", (a + 1, b), (start + i + 1, start + j))
                        for (i, a), (j, b) in zip(marks, marks[1:]) if (i + 1, a + 1) != (j, b)]
        is_known = self.end == start + len(self.sealed)  # else lines may stand at the end as they were sealed
        missing = Counter(self.sealed) - Counter(stored[:covered if is_known else marks[-2][0] + 1])
        for i in range(covered, len(stored)):  # a sealed line behind the last checkpoint was moved there
            if missing[stored[i]] > 0: self.verdicts[i] = "broken"
            missing[stored[i]] -= 1
    def check_signatures(self):
        """A signature of a trusted key that does not hold breaks what nothing else proves (§7)."""
        for seal in (seal for seal in self.seals if seal.state == "broken"):
            since = max((s.ordinal for s in self.seals if s.ordinal < seal.ordinal), default=0)
            lines = [i for i in range(since, seal.ordinal) if self.verdicts[i] != "intact"]
            for i in lines: self.verdicts[i] = "broken"
            if lines: self.say("bad-signature", (self.start + lines[0], self.start + lines[0] + len(lines)))
            else: self.damage.append((seal.offset, "a signature of a trusted key does not hold"))
    def check_control_lines(self):
        """Of lines not broken (§2, §7): header first, a segment after each checkpoint, close last."""
        standing = [i for i, verdict in enumerate(self.verdicts) if verdict != "broken"]
        claim = {"start": self.start, **self.archive.identity, **dict(zip(("origin", "log"), self.log))}
        for i in standing:
            index, (kind, members) = self.indexes.get(i, self.end + i - self.covered), self.archive.control[i]
            told = members.get("previous") if kind == "segment" else ""
            if (index != self.start and told != self.links.get(index, "") and i not in self.archive.torn
                    or kind == "header" and (index != self.start or not claim.items() <= members.items())
                    or kind == "close" and members.get("size") != index + 1):
                self.say("relinked", (index, index))
            if i == 0 and index == self.start and kind != "header": self.say("removed", (0, self.start or 1))
            late = [n for n in standing if n > i and self.verdicts[n] != "broken"] if kind == "close" else []
            for n in late: self.verdicts[n] = "broken"
            for n in late: self.say("inserted", (index + 1, index + 1), (self.start + n, self.start + n + 1))
    def report(self):
        """The answer, as `--json` prints it."""
        log = [verdict for verdict, (kind, _) in zip(self.verdicts, self.archive.control) if kind == "line"]
        closed = self.verdicts[-1:] == ["intact"] and self.archive.control[-1][0] == "close"
        runs = [[*run] for _, run in itertools.groupby(enumerate(self.verdicts, self.start), lambda n: n[1])]
        return {
            "verdict": "broken" if self.breaks else max(log or self.verdicts or ["unsealed"], key=RANK.index),
            "entries": {"total": len(log), "control": len(self.verdicts) - len(log),
                        **{verdict: log.count(verdict) for verdict in RANK}},
            "head": {"anchored": bool(self.header) and self.start == 0 and self.verdicts[0] == "intact"},
            "tail": {"anchored": closed and self.end - 1 in self.indexes.values()},
            "ranges": [{"from": run[0][0], "to": run[-1][0] + 1, "verdict": run[0][1]} for run in runs],
            "breaks": [one._asdict() for one in self.breaks],
            "damage": [{"offset_bytes": at, "reason": why} for at, why in sorted(set(self.damage))]}

def main(judgement=Judgement):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("archive")
    parser.add_argument("--trust", required=True, help="a file with a vkey a line, or one vkey")
    parser.add_argument("--origin", action="append", help="origins the keys may speak for")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    try:
        archive = Archive(Path(arguments.archive).read_bytes())
        report = judgement(archive, read_vkeys(arguments.trust), arguments.origin or ["*"]).report()
    except (CouldNotLook, OSError, ValueError) as error:
        parser.exit(2, f"could not look: {error}\n")
    print(json.dumps(report, indent=None if arguments.json else 1))
    return {"intact": 0, "broken": 1}.get(report["verdict"], 3)
if __name__ == "__main__": sys.exit(main())
