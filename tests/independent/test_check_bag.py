"""Bags that were altered. The small writer here serves the tests alone; bags of Sealscope's own are checked by the
tests of its crate `report`.

Run with `python3 -m unittest` in this folder.
"""
import base64
import json
import tempfile
import unittest
from pathlib import Path

import check_bag
from test_verify_sealog import OTHER, OURS, Key
from verify_sealog import leaf_hash, sha256

EXAMINER = Key("examiner")
ID = "5f0c0a1e-0000-4000-8000-000000000001"
LINES = [b'{"n":%d}' % n for n in range(5)]


def b64(raw):
    return base64.b64encode(raw).decode()


def tree(leaves):
    """Root of RFC 6962 §2.1, by its definition."""
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\1", tree(leaves[:half]), tree(leaves[half:]))


def path_of(index, leaves):
    """PATH of RFC 6962 §2.1.1."""
    if len(leaves) == 1:
        return []
    half = 1 << (len(leaves) - 1).bit_length() - 1
    if index < half:
        return path_of(index, leaves[:half]) + [tree(leaves[half:])]
    return path_of(index - half, leaves[half:]) + [tree(leaves[:half])]


def bag(log=OURS, examiner=EXAMINER, change=lambda report, files: None):
    """The files of a signed bag. `change` acts before lists and signature are made."""
    leaves = [leaf_hash(line) for line in LINES]
    text = f"log/0\n{len(leaves)}\n{b64(tree(leaves))}\n".encode()
    note = (text + b"\n" + log.line(text)).decode()
    exhibits, files = [], {"data/checkpoints/1.note": note.encode()}
    for number, (line, leaf) in enumerate(zip(LINES, leaves), 1):
        path = path_of(number - 1, leaves)
        exhibits.append({"number": number, "item": 0, "raw_base64": b64(line), "raw_bytes": len(line),
                         "leaf": leaf.hex(), "proof": {
                             "kind": "merkle", "checkpoint": 0, "index": number - 1, "size": len(leaves),
                             "path": [one.hex() for one in path]}})
        proof = [f"c2sp.org/tlog-proof@v1\nindex {number - 1}", *map(b64, path)]
        files[f"data/entries/E{number}.bin"] = line
        files[f"data/proofs/E{number}.tlog-proof"] = ("\n".join(proof) + "\n\n" + note).encode()
    report = {"report_id": ID, "exhibits": exhibits, "checkpoints": [note], "attachments": [],
              "items": [{"label": "A", "name": "a.sealog", "origin": "log/0", "sha256": "ab" * 32,
                         "files_sha256": None}], "integrity": [{"verdict": "intact"}]}
    change(report, files)
    files["data/report.json"] = json.dumps(report).encode()
    return listed(files, examiner)


def listed(files, examiner=None):
    """The same with lists and signature made anew."""
    payload = sorted(name for name in files if name.startswith("data/"))
    size = sum(len(files[name]) for name in payload)
    digest = sha256(files["data/report.json"]).hex()
    files["bagit.txt"] = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    files["bag-info.txt"] = (f"External-Identifier: urn:uuid:{ID}\nPayload-Oxum: {size}.{len(payload)}\n"
                             f"Sealscope-Content-SHA256: {digest}\n").encode()
    sums = lambda names: "".join(f"{sha256(files[name]).hex()}  {name}\n" for name in sorted(names)).encode()
    files["manifest-sha256.txt"] = sums(payload)
    if examiner:
        subject = [("report.json", digest), ("manifest-sha256.txt", sha256(files["manifest-sha256.txt"]).hex()),
                   ("A/a.sealog", "ab" * 32)]
        body = json.dumps({
            "_type": "https://in-toto.io/Statement/v1", "predicateType": "urn:sealscope:report:v1",
            "subject": [{"name": name, "digest": {"sha256": value}} for name, value in subject],
            "predicate": {"contentSha256": digest, "items": [{"label": "A", "verdict": "intact"}]}}).encode()
        kind = b"application/vnd.in-toto+json"
        signature = examiner.sign(b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(body), body))
        files["statement.dsse.json"] = json.dumps({
            "payloadType": kind.decode(), "payload": b64(body),
            "signatures": [{"keyid": examiner.id.hex(), "sig": b64(signature)}]}).encode()
    tags = [name for name in files if name not in payload and not name.startswith("tagmanifest")]
    files["tagmanifest-sha256.txt"] = sums(tags)
    return files


class Bags(unittest.TestCase):
    def outcome(self, files, trust=OURS, signer=EXAMINER):
        keys = [{(key.name, key.id): key.public} if key else {} for key in (trust, signer)]
        with tempfile.TemporaryDirectory() as folder:
            for name, content in files.items():
                file = Path(folder, name)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
            try:
                return check_bag.check(Path(folder), *keys)[0]
            except check_bag.Broken:
                return 1
            except check_bag.CouldNotLook:
                return 2
            except (LookupError, TypeError, AttributeError, ValueError):
                return 1

    def test_a_bag_holds_for_whoever_has_the_keys(self):
        self.assertEqual(self.outcome(bag()), 0)
        self.assertEqual(self.outcome(bag(), trust=None), 3)
        self.assertEqual(self.outcome(bag(), signer=None), 3)
        self.assertEqual(self.outcome(bag(), trust=OTHER), 3)
        self.assertEqual(self.outcome(bag(examiner=OTHER)), 3)

    def test_a_changed_byte_anywhere_is_seen(self):
        files = bag()
        for name, content in files.items():
            for place in range(0, len(content), max(1, len(content) // 7)):
                changed = dict(files)
                changed[name] = content[:place] + bytes([content[place] ^ 1]) + content[place + 1:]
                self.assertNotIn(self.outcome(changed), (0, 3), f"{name}, byte {place}")

    def test_missing_and_added_files_are_seen(self):
        files = bag()
        for name in files:
            self.assertNotEqual(self.outcome({n: c for n, c in files.items() if n != name}), 0, name)
        self.assertEqual(self.outcome(files | {"data/more": b""}), 1)
        self.assertEqual(self.outcome(files | {"more": b""}), 1)

    def test_changes_with_the_lists_made_anew_are_seen(self):
        def entry(report, files):
            files["data/entries/E2.bin"] = b"other"
        def entry_and_report(report, files):
            entry(report, files)
            report["exhibits"][1].update(raw_base64=b64(b"other"), raw_bytes=5)
        def entry_report_and_leaf(report, files):
            entry_and_report(report, files)
            report["exhibits"][1]["leaf"] = leaf_hash(b"other").hex()
        def place(report, files):
            report["exhibits"][1]["proof"]["index"] = 0
        def swapped(report, files):
            files["data/proofs/E2.tlog-proof"] = files["data/proofs/E3.tlog-proof"]
        def other_log(report, files):
            report["items"][0]["origin"] = "log/1"
        for change in (entry, entry_and_report, entry_report_and_leaf, place, swapped, other_log):
            self.assertEqual(self.outcome(bag(change=change)), 1, change.__name__)

    def test_a_signature_is_for_one_report(self):
        files = bag()
        mixed = bag(change=lambda report, _: report.update(note="other"))
        mixed["statement.dsse.json"] = files["statement.dsse.json"]
        self.assertEqual(self.outcome(listed(mixed)), 1)
        forged = json.loads(files["statement.dsse.json"])
        forged["signatures"][0]["sig"] = b64(bytes(64))
        files["statement.dsse.json"] = json.dumps(forged).encode()
        self.assertEqual(self.outcome(listed(files)), 1)


if __name__ == "__main__":
    unittest.main()
