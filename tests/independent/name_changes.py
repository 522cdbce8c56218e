#!/usr/bin/env python3
"""Tells the kinds of changes to a sealog archive; written from the page src-tauri/docs/sealog.md, §8.

Usage, exit codes, verdict, ranges, ends and damage are those of verify_sealog.py, which stands beside it.
Only the breaks differ: {kind, position, count, found, exact}, where `position` is a sealed index and `found`
a stored one, or None.
"""
import itertools
import sys
from collections import defaultdict

import verify_sealog


class Judgement(verify_sealog.Judgement):
    """Names what changed between the lines that are as sealed."""

    def report(self):
        """The answer, as `--json` prints it."""
        self.known, self.named = self.start + len(self.sealed), []
        self.changes = [one for one in self.breaks if one.kind == "changed"]
        self.moved = self.find_moved()
        self.elsewhere = set(self.moved.values())
        self.original = {leaf: at for at, leaf in reversed([*enumerate(self.sealed, self.start)])}
        for found, index in self.moved.items():
            self.name("moved", index, 1, found)
        for kind, sealed, stored in self.breaks:
            if kind == "changed":
                self.name_change(sealed, stored)
            elif stored:
                self.name(kind, sealed[0], stored[1] - stored[0], stored[0])
            else:
                self.name(kind, sealed[0], sealed[1] - sealed[0])
        return {**super().report(), "breaks": self.named}

    def name(self, kind, position, count, found=None, exact=True):
        """Adds a break; one that continues the break before it, in both places, is one with it."""
        new = {"kind": kind, "position": position, "count": count, "found": found, "exact": exact}
        last = self.named[-1] if self.named and count else new
        follows = last["position"] + (last["count"] if kind != "inserted" else 0)
        behind = None if last["found"] is None else last["found"] + last["count"]
        if last is not new and new == {**last, "position": follows, "count": count, "found": behind}:
            last["count"] += count
        else:
            self.named.append(new)

    def find_moved(self):
        """{stored index: sealed index} of stored lines that are missing where they were sealed."""
        missing, moved = defaultdict(list), {}
        for _, sealed, _ in reversed(self.changes):
            for index in reversed(range(sealed[0], min(sealed[1], self.known))):
                missing[self.sealed[index - self.start]].append(index)
        # Where leaves are unknown, lines may stand as they were sealed.
        told = [stored for _, sealed, stored in self.changes if sealed[1] <= self.known]
        behind = self.start + self.covered, self.start + len(self.archive.leaves)
        for found in itertools.chain(*(range(*stored) for stored in [*told, behind])):
            if missing[self.archive.leaves[found - self.start]]:
                moved[found] = missing[self.archive.leaves[found - self.start]].pop()
        return moved

    def name_change(self, sealed, stored):
        """Names what stands between two lines that are as sealed."""
        known = range(sealed[0], min(sealed[1], self.known))
        gone = [index for index in known if index not in self.elsewhere]
        lines = [found for found in range(*stored) if found not in self.moved]
        if sealed[1] > self.known:
            self.name_bounded(gone, lines, sealed[1] - self.known)
            return
        for found, index in itertools.zip_longest(lines, gone):
            leaf = None if found is None else self.archive.leaves[found - self.start]
            if leaf is None:
                self.name("removed", index, 1)
            elif index is not None:
                self.name("modified", index, 1, found)
            elif leaf in self.original:
                self.name("duplicated", self.original[leaf], 1, found)
            else:
                self.name("inserted", sealed[1], 1, found)

    def name_bounded(self, gone, lines, unknown):
        """Names a stretch of which the last leaves, so many, are not known."""
        for index in gone:
            self.name("removed", index, 1)
        self.name("removed" if len(lines) < unknown else "modified", self.known, unknown, exact=not lines)


if __name__ == "__main__":
    sys.exit(verify_sealog.main(Judgement))
