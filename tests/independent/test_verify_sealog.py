"""The attacks of the sealog design that need no timestamp, cosignature or memory of other copies.

Run with `python3 -m unittest` in this folder. The small writer here serves the tests alone.
"""
import base64
import functools
import hashlib
import json
import subprocess
import unittest

import name_changes
import verify_sealog
from verify_sealog import BASE, L, leaf_hash, push, root_of, sha256, times

LOG, ARCHIVE = "0b7a1f3e-5a6b-4c7d-8e9f-001122334455", "9c1d2e3f-0a1b-4c2d-9e3f-665544332211"


# --- Keys -----------------------------------------------------------------------------------------
def encode(point):
    inverse = pow(point[2], -1, verify_sealog.P)
    x, y = point[0] * inverse % verify_sealog.P, point[1] * inverse % verify_sealog.P
    return (y | (x & 1) << 255).to_bytes(32, "little")


class Key:
    def __init__(self, name):
        digest = hashlib.sha512(hashlib.sha256(name.encode()).digest()).digest()
        self.name, self.prefix = name, digest[32:]
        self.scalar = int.from_bytes(digest[:32], "little") & (2**254 - 8) | 2**254
        self.public = encode(times(self.scalar, BASE))
        self.id = sha256(name.encode(), b"\n\1", self.public)[:4]
        blob = base64.b64encode(b"\1" + self.public).decode()
        self.vkey = f"{name}+{self.id.hex()}+{blob}"

    def sign(self, text):
        nonce = int.from_bytes(hashlib.sha512(self.prefix + text).digest(), "little") % L
        r = encode(times(nonce, BASE))
        k = int.from_bytes(hashlib.sha512(r + self.public + text).digest(), "little")
        return r + ((nonce + k * self.scalar) % L).to_bytes(32, "little")

    def line(self, text, signature=None):
        raw = self.id + (signature or self.sign(text))
        return f"\u2014 {self.name} {base64.b64encode(raw).decode()}\n".encode()


OURS, OTHER = Key("acme"), Key("mallory")


# --- The writer -----------------------------------------------------------------------------------
def sealog(kind, payload):
    body = kind + b"\1\0\0\0" + sha256(payload)[:8] + payload
    return b"\x5a\x2a\x4d\x18" + len(body).to_bytes(4, "little") + body


def cover(first, leaves):
    """Roots of the largest complete aligned subtrees that cover leaves from index `first` on."""
    hashes, at = [], 0
    while at < len(leaves):
        low_zeros = (first + at & -(first + at)).bit_length() - 1 if first + at else 64
        height, part = min(low_zeros, (len(leaves) - at).bit_length() - 1), []
        for leaf in leaves[at:at + (1 << height)]:
            push(part, 0, leaf)
        hashes, at = hashes + part, at + (1 << height)
    return hashes


@functools.lru_cache(maxsize=None)
def zstd(content):
    return subprocess.run(["zstd", "-cq", "--check", f"--stream-size={len(content)}"],
                          input=content, capture_output=True, check=True).stdout


def identity(start=0, frontier=()):
    uuid = bytes.fromhex(ARCHIVE.replace("-", ""))
    return sealog(b"SLID", b"sealog/1" + uuid + start.to_bytes(8, "little") + b"".join(frontier))


def leaf_list(stored, first, lines, with_hashes=True):
    content = sum(len(line) + 1 for line in lines)
    head = sha256(stored) + first.to_bytes(8, "little") + len(lines).to_bytes(4, "little")
    hashes = map(leaf_hash, lines) if with_hashes else ()
    return sealog(b"SLTL", head + content.to_bytes(8, "little") + b"".join(hashes))


def note(size, root, *keys, origin="acme.example/audit", log=LOG):
    text = f"{origin}/{log}\n{size}\n{base64.b64encode(root).decode()}\n".encode()
    return text + b"\n" + b"".join(key.line(text) for key in keys)


def control(kind, **members):
    return json.dumps({"@sealog": kind, **members}, separators=(",", ":")).encode()


def header(start=0, origin="acme.example/audit", log=LOG, key=OURS):
    return control("header", version=1, archive=ARCHIVE, origin=origin, log=log, start=start,
                   schema=None, signer=key.vkey, previous=None, tool="test")


class Made:
    """An archive as frames, so that an attack can change one: (kind, first, lines or payload)."""

    def __init__(self, per_segment=8, segments=3, per_frame=4, keys=(OURS,), close=True, index=True,
                 lists=True, start=0, frontier=(), head=None, entry="entry {} of segment {}",
                 **names):
        self.index, self.lists, self.lines, self.frames = index, lists, [], []
        self.start, self.frontier = start, list(frontier)
        self.tree, previous = list(self.frontier), None
        for number in range(segments):
            first = [control("segment", number=number, time="2026-01-01T00:00:00Z",
                             previous=previous)]
            if number == 0:
                first = [head or header(start, **names)]
            lines = first + [entry.format(i, number).encode() for i in range(per_segment)]
            if close and number == segments - 1:
                size = start + len(self.lines) + len(lines) + 1
                lines.append(control("close", size=size, reason="done"))
            while lines:
                self.data(lines[:per_frame])
                lines = lines[per_frame:]
            payload = note(start + len(self.lines), root_of(self.tree), *keys, **names)
            self.frames.append(["SLCP", start + len(self.lines), payload])
            previous = hashlib.sha256(payload).hexdigest()

    def data(self, lines):
        first = self.start + len(self.lines)
        self.frames.append(["data", first, list(lines)])
        self.frames.append(["SLTL", first, leaf_list(zstd(b"\n".join(lines) + b"\n"), first, lines,
                                                     self.lists)])
        self.lines += lines
        for line in lines:
            push(self.tree, 0, leaf_hash(line))

    def stored(self, frame):
        kind, _, what = frame
        if kind == "data":
            return zstd(b"\n".join(what) + b"\n") if what else b""
        return sealog(b"SLCP", what) if kind == "SLCP" else what

    def slix(self, original):
        """The index of the archive as first written, as an attacker who forgets it leaves it."""
        rows, at = b"", len(identity(self.start, [h for _, h in self.frontier]))
        count = 0
        for frame in original:
            stored = self.stored(frame)
            if frame[0] == "data":
                lines, count = frame[2], count + 1
                hashes = [h for _, h in cover(frame[1], [leaf_hash(line) for line in lines])]
                for number in (at, len(stored), sum(len(line) + 1 for line in lines), frame[1]):
                    rows += number.to_bytes(8, "little")
                rows += len(lines).to_bytes(4, "little") + len(hashes).to_bytes(4, "little")
                rows += b"".join(hashes)
            at += len(stored)
        return sealog(b"SLIX", count.to_bytes(4, "little") + rows)

    def bytes(self, frames=None):
        slid = identity(self.start, [digest for _, digest in self.frontier])
        body = b"".join(map(self.stored, self.frames if frames is None else frames))
        return slid + body + (self.slix(self.frames) if self.index else b"")

    def edited(self, edit, fix_lists=False):
        """The bytes after `edit(lines)` on all lines; frames keep their first lines' borders."""
        owners, frames = [], []
        for n, frame in enumerate(self.frames):
            owners += [n] * len(frame[2]) if frame[0] == "data" else []
        lines = list(zip(self.lines, owners))
        edit(lines)
        for n, frame in enumerate(self.frames):
            if frame[0] == "data":
                frame = ["data", frame[1], [line for line, owner in lines if owner == n]]
            elif frame[0] == "SLTL" and fix_lists and frames[-1][2] != self.frames[n - 1][2]:
                changed = frames[-1]
                frame = ["SLTL", frame[1], leaf_list(self.stored(changed), frame[1], changed[2])]
            frames.append(frame)
        return self.bytes(frames)


def judge(data, *keys, origins=("*",)):
    """The report of verify_sealog.py, and under "named" the breaks as name_changes.py names them."""
    trusted = {(key.name, key.id): key.public for key in keys or (OURS,)}
    archive = verify_sealog.Archive(data)
    report = verify_sealog.Judgement(archive, trusted, list(origins)).report()
    other = name_changes.Judgement(archive, trusted, list(origins)).report()
    assert {**other, "breaks": report["breaks"]} == report, "only the breaks may differ"
    assert changed_leaves(report) == sum(
        b["count"] for b in other["breaks"] if b["kind"] in ("removed", "modified", "moved")), other
    return {**report, "named": other["breaks"]}


def changed_leaves(report):
    """How many sealed leaves do not stand as they were sealed."""
    sealed = [b["sealed"] for b in report["breaks"] if b["kind"] in ("changed", "removed")]
    return sum(end - first for first, end in sealed)


def named(report):
    return [(b["kind"], b["position"], b["count"], b["exact"]) for b in report["named"]]


def setUpModule():
    # The attacks judge the same frames and signatures thousands of times.
    verify_sealog.unpack = functools.lru_cache(maxsize=20_000)(verify_sealog.unpack)
    verify_sealog.signature_holds = functools.lru_cache(maxsize=20_000)(
        verify_sealog.signature_holds)


class Sealed(unittest.TestCase):
    def expect(self, report, verdict, breaks=None, damage=None):
        self.assertEqual(report["verdict"], verdict, report)
        self.assertEqual(bool(report["breaks"]), bool(report["named"]), report)
        if breaks is not None:
            self.assertEqual(named(report), breaks, report)
        if damage is not None:
            self.assertEqual([d["reason"] for d in report["damage"]], damage)


class Untouched(Sealed):
    def test_an_archive_as_written_is_intact_and_anchored(self):
        for made in (Made(), Made(index=False), Made(lists=False), Made(per_frame=3, segments=1)):
            report = judge(made.bytes())
            self.expect(report, "intact", [], [])
            self.assertTrue(report["tail"]["anchored"] and report["head"]["anchored"])
            self.assertEqual(report["ranges"],
                             [{"from": 0, "to": len(made.lines), "verdict": "intact"}])

    def test_control_lines_are_leaves_but_no_log_entries(self):
        self.assertEqual(judge(Made().bytes())["entries"], {
            "total": 24, "control": 4, "intact": 24, "unproven": 0, "unsealed": 0, "broken": 0})

    def test_without_close_the_tail_is_open(self):
        report = judge(Made(close=False).bytes())
        self.expect(report, "intact", [], [])
        self.assertFalse(report["tail"]["anchored"])

    def test_an_archive_that_continues_has_an_open_head(self):
        tree = []
        for i in range(13):
            push(tree, 0, leaf_hash(b"before %d" % i))
        report = judge(Made(start=13, frontier=tree, per_frame=3).bytes())
        self.expect(report, "intact", [], [])
        self.assertFalse(report["head"]["anchored"])
        self.assertEqual(report["ranges"][0]["from"], 13)

    def test_lines_after_the_last_checkpoint_are_unsealed(self):
        made = Made(close=False, index=False)
        previous = hashlib.sha256(made.frames[-1][2]).hexdigest()
        made.data([control("segment", number=3, time="x", previous=previous), b"late", b"later"])
        report = judge(made.bytes())
        self.expect(report, "unsealed", [], [])
        self.assertEqual(report["entries"]["unsealed"], 2)

    def test_an_enveloped_line_is_a_log_entry_and_a_bad_one_is_damage_too(self):
        good = base64.b64encode(b'{"@sealog":1}').decode()
        for text, damage in ((good, 0), (good + "=", 1), ("aGk=", 1)):
            made = Made(segments=1, per_segment=0, close=False, index=False)
            made.data([control("line", b64=text)])
            made.frames.append(["SLCP", 2, note(2, root_of(made.tree), OURS)])
            del made.frames[2]  # the checkpoint of the header alone
            report = judge(made.bytes())
            self.expect(report, "intact", [])
            self.assertEqual((report["entries"]["total"], len(report["damage"])), (1, damage))


class Flips(Sealed):
    def test_no_flipped_bit_leaves_an_archive_intact_without_damage(self):
        data = Made(per_segment=2, segments=2, per_frame=3).bytes()
        # One bit of every byte, and every bit of the heads of frames, where some decode the same.
        heads = [at + n for at in range(len(data)) for n in range(24)
                 if data[at:at + 4] in (verify_sealog.ZSTD, verify_sealog.SEALOG)]
        bits = {8 * at + at % 8 for at in range(len(data))}
        for bit in sorted(bits | {8 * at + n for at in heads for n in range(8)}):
            changed = bytearray(data)
            changed[bit // 8] ^= 1 << bit % 8
            try:
                report = judge(bytes(changed))
            except verify_sealog.CouldNotLook:
                continue
            self.assertTrue(report["verdict"] != "intact" or report["damage"], bit)


class Edits(Sealed):
    """On every index of an archive whose lines all differ, leaf lists kept: an exact list."""
    made = Made()

    def everywhere(self, edit, breaks, last=0):
        for i in range(len(self.made.lines) - last):
            report = judge(self.made.edited(lambda lines: edit(lines, i)))
            self.assertEqual((i, named(report)), (i, breaks(i)))
            self.assertEqual((report["verdict"], report["damage"]), ("broken", []))

    def test_a_modified_entry_is_named(self):
        def edit(lines, i):
            lines[i] = (b"changed", lines[i][1])
        self.everywhere(edit, lambda i: [("modified", i, 1, True)])

    def test_an_edit_is_found_where_it_was_made(self):
        for removed, inserted in ((0, 1), (1, 0), (1, 1), (1, 3), (3, 1)):
            for i in range(len(self.made.lines) - removed):
                def edit(lines):
                    new = [(b"new %d" % n, lines[i][1]) for n in range(inserted)]
                    lines[i:i + removed] = new
                self.assertEqual(judge(self.made.edited(edit))["breaks"], [
                    {"kind": "changed", "sealed": (i, i + removed), "stored": (i, i + inserted)}])

    def test_a_modified_entry_leaves_the_others_intact(self):
        def edit(lines):
            lines[6] = (b"changed", lines[6][1])
        self.assertEqual([(r["from"], r["to"], r["verdict"])
                          for r in judge(self.made.edited(edit))["ranges"]],
                         [(0, 6, "intact"), (6, 7, "broken"), (7, 28, "intact")])

    def test_a_removed_entry_is_named(self):
        self.everywhere(lambda lines, i: lines.pop(i), lambda i: [("removed", i, 1, True)])

    def test_an_inserted_entry_is_named(self):
        self.everywhere(lambda lines, i: lines.insert(i, (b"new", lines[i][1])),
                        lambda i: [("inserted", i, 1, True)])

    def test_a_repeated_entry_is_named(self):
        self.everywhere(lambda lines, i: lines.insert(i + 1, lines[i]),
                        lambda i: [("duplicated", i, 1, True)])

    def test_of_two_swapped_neighbours_one_is_moved(self):
        def edit(lines, i):
            lines[i], lines[i + 1] = (lines[i + 1][0], lines[i][1]), (lines[i][0], lines[i + 1][1])
        self.everywhere(edit, lambda i: [("moved", i, 1, True)], last=1)

    def test_of_two_swapped_others_both_are_moved(self):
        for apart in (2, 3, 7):
            def edit(lines, i):
                one, two = lines[i], lines[i + apart]
                lines[i], lines[i + apart] = (two[0], one[1]), (one[0], two[1])
            self.everywhere(edit, lambda i: [("moved", i + apart, 1, True), ("moved", i, 1, True)],
                            last=apart)

    def test_edits_in_several_frames_are_all_named(self):
        def edit(lines):
            lines[5] = (b"changed", lines[5][1])
            lines.insert(20, (b"new", lines[20][1]))
            lines.pop(14)
        self.expect(judge(self.made.edited(edit)), "broken", [
            ("modified", 5, 1, True), ("removed", 14, 1, True), ("inserted", 20, 1, True)], [])

    def test_among_lines_that_are_all_equal_the_count_is_right(self):
        made = Made(entry="same")
        self.expect(judge(made.edited(lambda lines: lines.pop(14))), "broken",
                    [("removed", 17, 1, True)])
        self.expect(judge(made.edited(lambda lines: lines.insert(14, lines[14]))), "broken",
                    [("duplicated", 1, 1, True)])

    def test_without_index_it_is_bounded_by_checkpoints_and_breaks_what_follows(self):
        def edit(lines):
            lines[14] = (b"changed", lines[14][1])
        report = judge(Made(index=False).edited(edit, True))
        self.expect(report, "broken", [("modified", 9, 19, False)])
        self.assertEqual(report["ranges"][0], {"from": 0, "to": 9, "verdict": "intact"})


class Frames(Sealed):
    made = Made(index=False)

    def data_at(self, number):
        return [n for n, frame in enumerate(self.made.frames) if frame[0] == "data"][number]

    def test_a_removed_frame_is_named_where_its_leaf_list_stays(self):
        frames = list(self.made.frames)
        del frames[self.data_at(4)]
        self.expect(judge(self.made.bytes(frames)), "broken", [("removed", 13, 4, True)])

    def test_a_repeated_frame_is_named(self):
        frames, at = list(self.made.frames), self.data_at(4)
        frames[at:at] = frames[at:at + 2]
        self.expect(judge(self.made.bytes(frames)), "broken", [("duplicated", 13, 4, True)])

    def test_of_two_swapped_frames_one_is_moved(self):
        frames, at = list(self.made.frames), self.data_at(3)
        frames[at:at + 4] = frames[at + 2:at + 4] + frames[at:at + 2]
        self.expect(judge(self.made.bytes(frames)), "broken", [("moved", 9, 4, True)])

    def test_swapped_segments_are_named(self):
        cuts = [n + 1 for n, frame in enumerate(self.made.frames) if frame[0] == "SLCP"]
        frames = self.made.frames
        swapped = frames[:cuts[0]] + frames[cuts[1]:] + frames[cuts[0]:cuts[1]]
        self.expect(judge(self.made.bytes(swapped)), "broken", [("moved", 9, 9, True)])

    def test_a_removed_segment_breaks_all_that_follows(self):
        cuts = [n + 1 for n, frame in enumerate(self.made.frames) if frame[0] == "SLCP"]
        frames = self.made.frames[:cuts[0]] + self.made.frames[cuts[1]:]
        report = judge(self.made.bytes(frames))
        self.expect(report, "broken", [("removed", 9, 19, False)])
        self.assertEqual(report["ranges"][0], {"from": 0, "to": 9, "verdict": "intact"})

    def test_a_segment_of_another_archive_breaks_at_the_seam(self):
        other = Made(index=False, entry="other {} {}")
        cuts = [n + 1 for n, frame in enumerate(self.made.frames) if frame[0] == "SLCP"]
        report = judge(self.made.bytes(self.made.frames[:cuts[0]] + other.frames[cuts[0]:]))
        self.expect(report, "broken")
        self.assertEqual(report["ranges"][0], {"from": 0, "to": 9, "verdict": "intact"})


class Cuts(Sealed):
    def test_every_cut_is_intact_with_an_open_tail_or_torn_or_unsealed_never_broken(self):
        data, seen = Made(index=False).bytes(), set()
        for end in range(len(identity()) + 1, len(data)):
            report = judge(data[:end])
            self.assertEqual(report["breaks"], [], end)
            self.assertFalse(report["tail"]["anchored"], end)
            for damage in report["damage"]:
                torn = damage["reason"] in ("torn tail", "no leaf list follows the frame")
                self.assertTrue(torn or damage["offset_bytes"] > end - 4, (end, damage))
            seen.add(report["verdict"])
        self.assertEqual(seen, {"intact", "unsealed"})

    def test_losing_the_index_after_close_is_no_finding(self):
        made = Made()
        self.expect(judge(made.bytes()[:-len(made.slix(made.frames))]), "intact", [], [])

    def test_a_cut_head_is_removed(self):
        made = Made(index=False)
        frames = [frame for n, frame in enumerate(made.frames) if n not in (0, 2)]  # leaf lists stay
        report = judge(made.bytes(frames))
        self.expect(report, "broken", [("removed", 0, 8, True)])
        self.assertFalse(report["head"]["anchored"])
        self.expect(judge(made.bytes(frames)[len(identity()):]), "broken",
                    [("removed", 0, 8, True)])

    def test_a_start_raised_with_a_frontier_made_to_fit_is_broken(self):
        made, tree = Made(index=False), []
        for line in made.lines[:4]:
            push(tree, 0, leaf_hash(line))
        forged = Made(index=False)
        forged.start, forged.frontier = 4, tree
        frames = [["data", 4, [header(4)] + made.lines[5:8]]] + made.frames[3:]
        report = judge(forged.bytes(frames))
        self.expect(report, "broken", [("modified", 4, 1, True)])
        self.assertFalse(report["head"]["anchored"])

    def test_a_trusted_checkpoint_beyond_the_file_is_broken(self):
        made = Made(close=False, index=False)
        frames = [f for f in made.frames if f[1] < 18 or f[0] == "SLCP"]
        self.expect(judge(made.bytes(frames)), "broken", [("removed", 18, 9, True)])


class Signatures(Sealed):
    def test_another_key_is_unproven_even_where_the_header_names_it(self):
        self.expect(judge(Made(keys=(OTHER,), head=header(key=OTHER)).bytes()), "unproven", [], [])

    def test_a_trusted_key_for_another_origin_is_unproven(self):
        data = Made().bytes()
        self.expect(judge(data, origins=["else/*"]), "unproven", [])
        self.expect(judge(data, origins=["acme.example/*"]), "intact", [])

    def test_a_good_unknown_signature_beside_ours_changes_nothing(self):
        self.expect(judge(Made(keys=(OTHER, OURS)).bytes()), "intact", [], [])

    def test_a_bad_signature_of_ours_breaks_the_last_segment_beside_a_good_unknown_one(self):
        made = Made()
        text = made.frames[-1][2].split(b"\n\n")[0] + b"\n"
        made.frames[-1][2] = text + b"\n" + OURS.line(text, OTHER.sign(text)) + OTHER.line(text)
        self.expect(judge(made.bytes()), "broken", [("bad-signature", 18, 10, True)])

    def test_seventeen_signatures_are_no_checkpoint(self):
        made = Made()
        text, lines = made.frames[-1][2].split(b"\n\n")
        made.frames[-1][2] = text + b"\n\n" + lines * 17
        report = judge(made.bytes())
        self.expect(report, "unsealed", [])
        self.assertIn("malformed SLCP", report["damage"][0]["reason"])

    def test_a_checkpoint_of_another_root_size_or_origin_is_named(self):
        made = Made()
        for size, root, names, kind, place in (
                (28, bytes(32), {}, "resealed", (28, 28)), (40, bytes(32), {}, "removed", (28, 40)),
                (20, root_of(made.tree), {}, "resealed", (20, 20)),
                (28, root_of(made.tree), {"origin": "else"}, "resealed", (28, 28))):
            for key in (OURS, OTHER):
                frames = made.frames + [["SLCP", size, note(size, root, key, **names)]]
                report = judge(made.bytes(frames))
                self.expect(report, "broken")
                self.assertEqual([b["kind"] for b in report["named"]], [kind])
                self.assertEqual([b["sealed"] for b in report["breaks"]], [place])


class ControlLines(Sealed):
    def sealed(self, *lines, head=None, checkpoint_first=True):
        made = Made(segments=1, per_segment=2, close=False, index=False, head=head)
        previous = hashlib.sha256(made.frames[-1][2]).hexdigest()
        if not checkpoint_first:
            made.frames.pop()
        made.data([line.replace(b"PREVIOUS", previous.encode()) for line in lines])
        made.frames.append(["SLCP", 0, note(len(made.lines), root_of(made.tree), OURS)])
        return judge(made.bytes())

    def test_a_missing_or_wrong_segment_link_is_relinked(self):
        segment = control("segment", number=1, time="x", previous="PREVIOUS")
        self.expect(self.sealed(segment), "intact", [], [])
        for line in (b"no segment", segment.replace(b"PREVIOUS", b"00" * 32)):
            self.expect(self.sealed(line), "broken", [("relinked", 3, 0, True)])
        self.expect(self.sealed(segment, checkpoint_first=False), "broken",
                    [("relinked", 3, 0, True)])

    def test_a_second_header_and_a_false_one_are_named(self):
        self.expect(self.sealed(header(), checkpoint_first=False), "broken",
                    [("relinked", 3, 0, True)])
        for head in (header(start=1), header(origin="else"), header(log=ARCHIVE),
                     header().replace(ARCHIVE.encode(), LOG.encode())):
            self.expect(self.sealed(b"a", head=head, checkpoint_first=False), "broken",
                        [("relinked", 0, 0, True)])

    def test_a_first_leaf_that_is_no_header_is_removed(self):
        self.expect(self.sealed(b"a", head=b"an entry", checkpoint_first=False), "broken",
                    [("removed", 0, 1, True)])

    def test_close_must_be_last_and_of_its_own_size(self):
        close = control("close", size=4, reason="done")
        self.expect(self.sealed(close, checkpoint_first=False), "intact", [], [])
        self.expect(self.sealed(close, b"late", checkpoint_first=False), "broken",
                    [("inserted", 4, 1, True)])
        self.expect(self.sealed(b"a", close, checkpoint_first=False), "broken",
                    [("relinked", 4, 0, True)])

    def test_what_begins_like_a_control_line_but_is_none_is_an_entry_and_damage(self):
        for line in (b'{"@sealog":"unknown"}', b'{"@sealog":', b'{"@sealog":"close"} x',
                     b'{"@sealog":"gap","@sealog":"gap"}', b'{"@sealog":' + b"[" * 100_000,
                     b'{"@sealog":["gap"]}', b'{"@sealog":"gap\xff"}'):
            report = self.sealed(line, checkpoint_first=False)
            self.expect(report, "intact", [])
            self.assertEqual((report["entries"]["total"], len(report["damage"])), (3, 1), line)


class Hostile(Sealed):
    def test_claimed_sizes_are_not_believed(self):
        made = Made(index=False)
        for kind in (b"SLIX", b"SLTL", b"SLCP"):
            huge = verify_sealog.SEALOG + b"\xff" * 4 + kind + b"\1\0\0\0" + bytes(8)
            self.expect(judge(made.bytes() + huge), "intact", [], ["no valid frame in 24 bytes"])

    def test_a_bomb_in_a_frame_is_not_unpacked(self):
        made = Made(index=False, close=False)
        bomb = zstd(bytes(80 * verify_sealog.MIB))
        report = judge(made.bytes() + bomb)
        self.assertRegex(report["damage"][-1]["reason"], "no valid frame in [0-9]+ bytes")
        self.assertEqual(report["entries"]["intact"], 24)

    def test_of_ten_million_empty_lines_only_those_up_to_the_limit_are_read(self):
        archive = verify_sealog.Archive(identity() + 5 * zstd(b"\n" * 2_000_000))
        self.assertEqual(len(archive.leaves), 5 * 65536)

    def test_another_version_is_refused_where_its_hash_is_right_and_any_other_file_too(self):
        for data in (sealog(b"SLID", b"sealog/2" + bytes(24)), b"", b"plain text\n", zstd(b"a\n")):
            with self.assertRaises(verify_sealog.CouldNotLook):
                judge(data)
        self.expect(judge(Made(index=False).bytes().replace(b"sealog/1", b"sealog/2")), "intact", [])

    def test_bytes_between_frames_are_damage_and_reading_goes_on(self):
        made = Made(index=False)
        data = identity() + b"noise" + made.bytes()[len(identity()):]
        self.expect(judge(data), "intact", [], ["no valid frame in 5 bytes"])


if __name__ == "__main__":
    unittest.main()
