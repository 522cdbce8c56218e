#!/usr/bin/env python3
"""Verifies a sealog archive: written from the page src-tauri/docs/sealog.md alone.

usage: verify_sealog.py ARCHIVE --trust VKEY_FILE_OR_VKEY [--origin PATTERN]... [--json]

Needs the Python standard library and the `zstd` tool. Does not verify timestamp tokens, and knows
no other copies of the log. Exit code: 0 intact, 1 broken, 2 could not look, 3 unproven or unsealed.
"""
import argparse
import collections
import fnmatch
import itertools
import json
import sys
from types import SimpleNamespace as Record

from alignment import Pieces, Sealed, align
from published import push, read_vkeys, root_of, signature_holds
from sealog_file import Archive, CouldNotLook

RANK = ("intact", "unproven", "unsealed", "broken")


def judge_signatures(archive, keys, patterns):
    """One record per checkpoint text, in file order, with what its signatures say (section 7)."""
    seals = {}
    for frame in archive.notes:
        note, state = frame.note, "unproven"
        if any(fnmatch.fnmatchcase(note.origin, pattern) for pattern in patterns):
            held = [signature_holds(keys[name, key_id], signature, note.text)
                    for name, key_id, signature in note.signatures if (name, key_id) in keys]
            state = "intact" if any(held) else "broken" if held else "unproven"
        if frame.sound or state == "intact":
            seal = seals.setdefault(note.text, Record(
                state=state, size=note.size, root=note.root, log=(note.origin, note.log),
                ordinal=frame.ordinal, offset=frame.offset, hash=frame.hash))
            seal.state = min(seal.state, state, key=("intact", "broken", "unproven").index)
    return list(seals.values())


class Judgement:
    """Compares what is stored with what was sealed; verdicts are made only here."""

    def __init__(self, archive, keys, patterns):
        self.archive, self.breaks, self.damage = archive, [], list(archive.damage)
        self.verdicts = ["unsealed"] * len(archive.leaves)
        self.indexes = [None] * len(archive.leaves)  # sealed index of a line that stands as sealed
        self.header = archive.control.get(0, ("",))[0] == "header" and archive.control[0][1]
        seals = judge_signatures(archive, keys, patterns)
        claim = (self.header.get("origin"), self.header.get("log")) if self.header else None
        by_weight = sorted(seals, key=lambda seal: (seal.state != "intact", seal.log != claim))
        self.log = by_weight[0].log if seals else claim
        self.seals = [seal for seal in seals if seal.log == self.log]
        self.anchor()
        self.localise()
        self.whole = not self.breaks
        self.check_signatures()
        self.check_links()
        self.check_header()
        self.check_close()
        for seal in seals:
            if seal.log != self.log:
                self.say("resealed", seal.size, says="a checkpoint of another origin")
        self.add_damage()

    def say(self, kind, position, count=0, found=None, exact=True, says=""):
        last = self.breaks[-1] if self.breaks else None
        step = 0 if kind in ("inserted", "duplicated") else last and last["count"]
        if last and count and kind != "relinked" and (kind, exact, position) == (
                last["kind"], last["exact"], last["position"] + step) and (
                found is last["found"] is None or
                None not in (found, last["found"]) and found == last["found"] + last["count"]):
            last["count"] += count
        else:
            self.breaks.append({"kind": kind, "position": position, "count": count,
                                "exact": exact, "found": found, "says": says})

    def anchor(self):
        """Finds what was sealed: `sealed`, and up to where a root holds (`proven`: trusted)."""
        archive, start = self.archive, self.archive.start
        running, frontiers = list(archive.frontier), {start: archive.frontier}
        sizes = {seal.size for seal in self.seals}
        for index, leaf in enumerate(archive.leaves, start + 1):
            push(running, 0, leaf)
            if index in sizes:
                frontiers[index] = list(running)
        self.sealed, self.failed, self.proven, self.direct = [], [], start, True
        at, frontier, pieces, distrust = start, archive.frontier, None, False
        for seal in sorted(self.seals, key=lambda seal: (seal.size, seal.state != "intact")):
            trusted, chain = seal.state == "intact", None
            if seal.state == "broken" or seal.size < start:
                continue
            stored = frontiers.get(seal.size)
            if self.direct and stored is not None and root_of(stored) == seal.root:
                frontier = stored
                chain = [Sealed(archive.leaves[i - start], i, 1) for i in range(at, seal.size)]
            elif trusted or not distrust:
                pieces = pieces or Pieces(archive)
                chain, frontier = pieces.fold_to(seal.root, at, frontier, seal.size) or (
                    None, frontier)
                self.direct &= chain is None
            if chain is None:
                self.failed.append(seal)
                distrust |= trusted
                if not trusted or seal.size <= at or seal.size & seal.size - 1:
                    continue
                # The root of a whole tree is its own frontier: from here on, roots say something.
                chain, frontier = [Sealed(None, at, seal.size - at)], [
                    (seal.size.bit_length() - 1, seal.root)]
                self.direct = distrust = False
            self.sealed, at = self.sealed + chain, seal.size
            self.proven = at if trusted else self.proven
        for seal in self.failed:
            if seal.size <= at and not any(s.leaf is None and s.first + s.count == seal.size
                                           for s in self.sealed):
                self.say("resealed", seal.size, says="the root of a checkpoint differs")
        self.end = max([at] + [seal.size for seal in self.failed])
        if self.end > at:
            self.sealed.append(Sealed(None, at, self.end - at))
        covering = [s.ordinal for s in self.seals if s.size == self.end and s.state != "broken"]
        self.covered = min(covering, default=0)  # ordinal from which lines are in no checkpoint

    def localise(self):
        """Names what differs between the stored and the sealed lines (section 8)."""
        stored, sealed = self.archive.leaves, self.sealed
        pairs = align(stored[:self.covered], sealed)
        for i, place in pairs.items():
            self.indexes[i] = sealed[place].first
            self.verdicts[i] = "intact" if self.indexes[i] < self.proven else "unproven"
        gaps, i, place = [], 0, 0
        for next_i, next_place in sorted(pairs.items()) + [(self.covered, len(sealed))]:
            if next_i > i or next_place > place:
                gaps.append((range(i, next_i), range(place, next_place)))
            i, place = next_i + 1, next_place + 1
        missing = collections.defaultdict(collections.deque)
        for p in itertools.chain(*(places for _, places in gaps)):
            missing[sealed[p].leaf].append(p)
        known, moved_from = {s.leaf for s in sealed}, set()
        exact = [lines for lines, places in gaps if all(sealed[p].leaf for p in places)]
        for i in itertools.chain(*exact, range(self.covered, len(stored))):
            if missing.get(stored[i]):
                p = missing[stored[i]].popleft()
                moved_from.add(p)
                self.verdicts[i] = "broken"
                self.say("moved", sealed[p].first, 1, i + self.archive.start)
        for lines, places in gaps:
            gone = [sealed[p] for p in places if p not in moved_from]
            lines = [i for i in lines if self.verdicts[i] != "broken"]
            before = sealed[places.stop].first if places.stop < len(sealed) else self.end
            self.explain_gap(lines, gone, before, known)

    def explain_gap(self, lines, gone, before, known):
        """Lines that stand between two sealed neighbours in place of the `gone` ones."""
        start = self.archive.start
        for i in lines:
            self.verdicts[i] = "broken"
        if not all(s.leaf for s in gone):
            for s in gone:
                short = len(lines) < s.count
                self.say("removed" if s.leaf or short and s.first + s.count == self.end or not lines
                         else "modified", s.first, s.count, exact=not lines,
                         says="the change lies in this span")
            return
        repeated = [i for i in lines if self.archive.leaves[i] in known]
        fresh = [i for i in lines if self.archive.leaves[i] not in known]
        for i, s in zip(fresh, gone):
            self.say("modified", s.first, 1, i + start)
        for s in gone[len(fresh):]:
            self.say("removed", s.first, 1)
        for i in fresh[len(gone):]:
            self.say("inserted", before, 1, i + start)
        for i in repeated:
            self.say("duplicated", before, 1, i + start)

    def check_signatures(self):
        """A line that names a trusted key and does not hold breaks what nothing later proves."""
        for seal in (seal for seal in self.seals if seal.state == "broken"):
            since = max((s.ordinal for s in self.seals if s.ordinal < seal.ordinal), default=0)
            lines = [i for i in range(since, seal.ordinal) if self.verdicts[i] != "intact"]
            for i in lines:
                self.verdicts[i] = "broken"
            if lines:
                self.say("bad-signature", self.archive.start + lines[0], len(lines))
            else:
                self.damage.append((seal.offset, "a signature of a trusted key does not hold"))

    def check_links(self):
        """The first leaf after a checkpoint is the segment that names it; no other is a segment."""
        links, at = {}, {}
        for seal in self.seals:
            if seal not in self.failed:
                links.setdefault(seal.size, seal.hash)
        for i, verdict in enumerate(self.verdicts):
            if i >= self.covered and self.indexes[i] is None:
                self.indexes[i] = self.end + i - self.covered
            if verdict != "broken":
                at[self.indexes[i]] = i
        for index, i in at.items():
            kind, members = self.archive.control.get(i, ("", {}))
            link = links.get(index)
            linked = kind == "segment" and link and members.get("previous") == link.hex()
            unreadable = index in links and not link or i in self.archive.torn_at
            if i and (index in links or kind == "segment") and not linked and not unreadable:
                self.say("relinked", index, says="no segment that names the checkpoint before")

    def check_header(self):
        control, start, header = self.archive.control, self.archive.start, self.header
        if not header and self.verdicts and self.indexes[0] == start and (
                self.verdicts[0] != "broken"):
            self.say("removed", 0, start or 1, says="the first leaf is no header")
        for i, (kind, _) in control.items():
            if kind == "header" and self.verdicts[i] != "broken" and self.indexes[i] != start:
                self.say("relinked", self.indexes[i], says="a second header")
        if header and self.verdicts[0] != "broken":
            archive = str(header.get("archive")).replace("-", "")
            if (header.get("start") != start or self.archive.uuid not in (None, archive)
                    or self.log not in (None, (header.get("origin"), header.get("log")))):
                self.say("relinked", start, says="the header names another start, archive or log")

    def check_close(self):
        for i, (kind, members) in sorted(self.archive.control.items()):
            if kind != "close" or self.verdicts[i] == "broken":
                continue
            if members.get("size") != self.indexes[i] + 1:
                self.say("relinked", self.indexes[i], says="a close of another size")
            for late in range(i + 1, len(self.verdicts)):
                if self.verdicts[late] != "broken":
                    self.verdicts[late] = "broken"
                    self.say("inserted", self.indexes[i] + 1, 1, late + self.archive.start,
                             says="an entry after close")

    def add_damage(self):
        """What differs from its frame is damage only where the root holds all the same."""
        for frame in self.archive.frames:
            lines = slice(frame.first, frame.first + frame.count)
            same = frame.list and frame.list.count == frame.count and self.indexes[lines] == list(
                range(frame.list.first, frame.list.first + frame.count))
            if self.whole or same:
                self.damage += [(frame.offset, fault) for fault in frame.faults]
                if frame.list and frame.count and frame.list.first != self.indexes[frame.first]:
                    self.damage.append((frame.offset, "the leaf list names another first leaf"))
        self.damage += self.archive.strays + self.archive.row_faults() if self.whole else []

    def report(self):
        control, start = self.archive.control, self.archive.start
        logs = [verdict for i, verdict in enumerate(self.verdicts)
                if control.get(i, ("line",))[0] in ("line", "no-control-line")]
        worst = max(logs or self.verdicts or ["unsealed"], key=RANK.index)
        counts = collections.Counter(logs)
        ranges, at = [], start
        for verdict, run in itertools.groupby(self.verdicts):
            ranges.append({"from": at, "to": at + len(list(run)), "verdict": verdict})
            at = ranges[-1]["to"]
        last = control.get(len(self.verdicts) - 1, ("",))[0] if self.verdicts else ""
        return {
            "verdict": "broken" if self.breaks else worst,
            "entries": {"total": len(logs), "control": len(self.verdicts) - len(logs),
                        **{verdict: counts[verdict] for verdict in RANK}},
            "tail": {"anchored": last == "close" and self.verdicts[-1] == "intact"
                     and self.end == self.indexes[-1] + 1},
            "head": {"anchored": bool(self.header) and start == 0 and self.verdicts[0] == "intact"},
            "ranges": ranges, "breaks": self.breaks,
            "damage": [{"offset_bytes": offset, "reason": reason}
                       for offset, reason in sorted(set(self.damage))]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("archive")
    parser.add_argument("--trust", required=True, help="a file with a vkey a line, or one vkey")
    parser.add_argument("--origin", action="append", help="origins the keys may speak for")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    try:
        keys = read_vkeys(arguments.trust)
        with open(arguments.archive, "rb") as file:
            archive = Archive(file.read())
        report = Judgement(archive, keys, arguments.origin or ["*"]).report()
    except (CouldNotLook, OSError, ValueError) as error:
        print(f"could not look: {error}", file=sys.stderr)
        return 2
    if arguments.json:
        print(json.dumps(report))
    else:
        print(f"{report['verdict']}: {report['entries']}")
        for thing in report["breaks"] + report["damage"]:
            print("  " + ", ".join(f"{k} {v}" for k, v in thing.items() if v not in (None, "")))
    return {"intact": 0, "broken": 1}.get(report["verdict"], 3)


if __name__ == "__main__":
    sys.exit(main())
