#!/usr/bin/env python3
"""Checks a report that was written as a bag; written from the standards alone: BagIt 1.0 (RFC 8493), RFC 6962 and
RFC 9162 §2.1.3.2 (leaf and path), C2SP signed-note, tlog-checkpoint and tlog-proof, DSSE v1 and in-toto Statement v1.

Needs the standard library and verify_sealog.py beside it, for Ed25519. What the report's sections say is not looked at.
Exit code: 0 all of it holds, 1 something does not, 2 could not look, 3 a key needed is not among those given.
"""
import argparse, base64, hashlib, json, re, sys, zipfile
from pathlib import Path

from verify_sealog import leaf_hash, read_vkeys, sha256, signature_holds

HASH = re.compile(r"([0-9a-f]{64}) [ *](\S.*)")
NOTE = re.compile("(([^\n]+)\n(0|[1-9][0-9]*)\n([A-Za-z0-9+/]{43}=)\n)\n((?:\u2014 [^\\s+]+ [A-Za-z0-9+/]+=*\n){1,16})")
SIZE_MAX = 2 << 30  # bytes of a bag that are read
class Broken(Exception): """Something is not as claimed."""
class CouldNotLook(Exception): """No bag, or too large."""


def demand(condition, says):
    if not condition: raise Broken(says)
def decode(text):
    try: raw = base64.b64decode(text, validate=True)
    except ValueError: raise Broken("base64 that does not parse") from None
    demand(base64.b64encode(raw).decode() == text, "base64 in another form than the one")
    return raw


# --- RFC 8493 -------------------------------------------------------------------------------------
def read_bag(path):
    """{path in the bag: bytes} of a folder, or of a zip file with one folder in it."""
    files, total = {}, 0
    if path.is_dir():
        for file in sorted(path.rglob("*")):
            if file.is_symlink(): raise Broken(f"{file.name} is a link")
            if file.is_file():
                total += file.stat().st_size
                if total > SIZE_MAX: raise CouldNotLook("too large")
                files[file.relative_to(path).as_posix()] = file.read_bytes()
    else:
        try: archive = zipfile.ZipFile(path)
        except (OSError, zipfile.BadZipFile) as error: raise CouldNotLook(f"{path}: {error}") from None
        with archive:
            tops = {entry.filename.split("/", 1)[0] for entry in archive.infolist()}
            demand(len(tops) == 1, "more than one folder in the zip file")
            for entry in archive.infolist():
                name, total = entry.filename.split("/", 1)[1], total + entry.file_size
                demand(name not in files and ".." not in name.split("/"), "a name twice, or one that leads out")
                if total > SIZE_MAX: raise CouldNotLook("too large")
                try: files[name] = archive.read(entry)
                except (zipfile.BadZipFile, EOFError, NotImplementedError) as error: raise Broken(str(error)) from None
    if "bagit.txt" not in files: raise CouldNotLook("no bagit.txt: this is no bag")
    return files
def check_bag(files):
    """§2.1, §2.2.1, §2.2.2 and §3: complete and valid."""
    demand(files["bagit.txt"] == b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n", "bagit.txt is another")
    payload = {name for name in files if name.startswith("data/")}
    for manifest, covered in (("manifest-sha256.txt", payload),
                              ("tagmanifest-sha256.txt", set(files) - payload - {"tagmanifest-sha256.txt"})):
        demand(manifest in files, f"no {manifest}")
        listed = {}
        for line in files[manifest].decode("utf-8", "replace").splitlines():
            parts = HASH.fullmatch(line)
            demand(parts and parts[2] not in listed, f"a line of {manifest} is none, or names a file twice")
            listed[parts[2]] = parts[1]
        demand(set(listed) == covered, f"{manifest} and the bag differ in: {sorted(set(listed) ^ covered)[:5]}")
        for name, digest in listed.items(): demand(sha256(files[name]).hex() == digest, f"{name} is not as listed")
    info = dict(line.split(": ", 1) for line in files.get("bag-info.txt", b"").decode().splitlines() if ": " in line)
    size = sum(len(files[name]) for name in payload)
    demand(info.get("Payload-Oxum") == f"{size}.{len(payload)}", "Payload-Oxum is another")
    return info


# --- C2SP and RFC 9162 ----------------------------------------------------------------------------
def read_note(text):
    """(origin, size, root, signed text, [(name, key id, signature)])."""
    parts = NOTE.fullmatch(text)
    demand(parts, "a checkpoint that is none")
    lines = [line[2:].split(" ") for line in parts[5].splitlines()]
    signed = [(name, decode(raw)[:4], decode(raw)[4:]) for name, raw in lines]
    return parts[2], int(parts[3]), decode(parts[4]), parts[1].encode(), signed
def read_proof(text):
    """(index, path, note) of a .tlog-proof file."""
    head, _, note = text.partition("\n\n")
    lines = head.split("\n")
    demand(lines[0] == "c2sp.org/tlog-proof@v1" and len(lines) >= 2, "a proof that is none")
    index = re.fullmatch("index (0|[1-9][0-9]*)", lines[1])
    path = [decode(line) for line in lines[2:]]
    demand(index and all(len(one) == 32 for one in path), "a proof that is none")
    return int(index[1]), path, note
def root_from(leaf, index, size, path):
    """RFC 9162 §2.1.3.2."""
    demand(index < size, "a proof of no leaf of its tree")
    node, last, digest = index, size - 1, leaf
    for sibling in path:
        demand(last, "a path that is too long")
        if node & 1 or node == last:
            digest = sha256(b"\1", sibling, digest)
            while not node & 1 and node: node, last = node >> 1, last >> 1
        else: digest = sha256(b"\1", digest, sibling)
        node, last = node >> 1, last >> 1
    demand(not last, "a path that is too short")
    return digest
def check_note(text, keys, held):
    """Whether a trusted key signed the checkpoint; a bad signature of one is an error. Notes are checked once."""
    if text not in held:
        note = read_note(text)
        known = [(keys[name, key_id], raw) for name, key_id, raw in note[4] if (name, key_id) in keys]
        good = [signature_holds(key, raw, note[3]) for key, raw in known]
        demand(all(good), "a signature of a trusted key does not hold")
        held[text] = note, bool(good)
    return held[text]


# --- The report -----------------------------------------------------------------------------------
def check_exhibits(files, report, keys):
    """Each cited entry: bytes, leaf, path, checkpoint. The number of proofs that lead to a trusted key, and of others."""
    held, trusted, other = {}, 0, 0
    for exhibit in report["exhibits"]:
        name, proof, leaf = f"E{exhibit['number']}", exhibit["proof"], exhibit["leaf"]
        entry = files.get(f"data/entries/{name}.bin")
        raw = exhibit["raw_base64"]
        demand((raw is None) == (entry is None), f"{name}: bytes in the report or in the bag alone")
        if entry is not None:
            demand(decode(raw) == entry and len(entry) == exhibit["raw_bytes"], f"{name}: other bytes in the report")
            demand(leaf is None or leaf_hash(entry).hex() == leaf, f"{name}: the bytes give another leaf")
        text = files.get(f"data/proofs/{name}.tlog-proof")
        demand((text is None) == (proof["kind"] != "merkle"), f"{name}: a proof in the report or in the bag alone")
        if text is None or leaf is None:
            other += 1
            continue
        index, path, note = read_proof(text.decode("utf-8", "replace"))
        demand(note == report["checkpoints"][proof["checkpoint"]], f"{name}: another checkpoint in the report")
        demand(note.encode() == files.get(f"data/checkpoints/{proof['checkpoint'] + 1}.note"), f"{name}: another note")
        demand((index, [one.hex() for one in path]) == (proof["index"], proof["path"]), f"{name}: another path")
        (origin, size, root, _, _), is_trusted = check_note(note, keys, held)
        origin_stated = report["items"][exhibit["item"]]["origin"]
        demand(size == proof["size"] and origin_stated in ("", origin), f"{name}: a checkpoint of another log or size")
        demand(root_from(bytes.fromhex(leaf), index, size, path) == root, f"{name}: the path leads to another root")
        trusted, other = trusted + is_trusted, other + (not is_trusted)
    return trusted, other
def check_statement(files, report, signers):
    """DSSE and in-toto. True where a given key signed it."""
    if "statement.dsse.json" not in files: return False
    envelope = json.loads(files["statement.dsse.json"])
    kind, payload = envelope["payloadType"].encode(), decode(envelope["payload"])
    signed = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
    statement = json.loads(payload)
    demand(kind == b"application/vnd.in-toto+json" and statement["_type"] == "https://in-toto.io/Statement/v1",
           "the signed statement is none of in-toto")
    subjects = {one["name"]: one["digest"]["sha256"] for one in statement["subject"]}
    digest = sha256(files["data/report.json"]).hex()
    demand(subjects.get("report.json") == digest == statement["predicate"]["contentSha256"],
           "the signed statement is about another report")
    demand(subjects.get("manifest-sha256.txt") == sha256(files["manifest-sha256.txt"]).hex(),
           "the signed statement is about other files")
    for item in report["items"]:
        name = f"{item['label']}/{item['name']}"
        stated = subjects.get(name) if item["sha256"] else subjects.get(name + "/SHA256SUMS")
        demand(stated == (item["sha256"] or item["files_sha256"]), "the signed statement is about other archives")
    verdicts = [(one["label"], one["verdict"]) for one in statement["predicate"]["items"]]
    demand(verdicts == [(item["label"], one["verdict"]) for item, one in zip(report["items"], report["integrity"])],
           "the signed statement has other verdicts")
    known = [(signers_key, decode(one["sig"])) for one in envelope["signatures"]
             for (_, key_id), signers_key in signers.items() if key_id.hex() == one["keyid"]]
    good = [signature_holds(key, raw, signed) for key, raw in known]
    demand(all(good), "the examiner's signature does not hold")
    return any(good)


def check(path, keys, signers):
    """(exit code, sentence)."""
    files = read_bag(path)
    info = check_bag(files)
    demand("data/report.json" in files, "no data/report.json")
    report = json.loads(files["data/report.json"])
    digest = sha256(files["data/report.json"]).hex()
    demand(info.get("Sealscope-Content-SHA256") == digest, "bag-info.txt has another content hash")
    demand(info.get("External-Identifier") == f"urn:uuid:{report['report_id']}", "bag-info.txt has another id")
    for one in report["attachments"]:
        found = files.get("data/" + one["name"])
        demand(found is not None and sha256(found).hex() == one["sha256"], f"{one['name']} is not as the report says")
    trusted, other = check_exhibits(files, report, keys)
    is_signed = check_statement(files, report, signers)
    says = (f"content hash {digest}; {trusted} exhibits lead to a trusted key, {other} do not; "
            f"the report is {'' if is_signed else 'not '}signed by a key given with --signer")
    return (0 if is_signed and not other else 3), says


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("bag", type=Path)
    parser.add_argument("--trust", action="append", default=[], help="vkey of a log, or a file of them")
    parser.add_argument("--signer", action="append", default=[], help="vkey of the examiner, or a file of them")
    args = parser.parse_args()
    try:
        keys, signers = ({who: key for one in given for who, key in read_vkeys(one).items()}
                         for given in (args.trust, args.signer))
    except (OSError, ValueError) as error:
        print(f"check_bag: a key could not be read: {error}", file=sys.stderr)
        return 2
    try: code, says = check(args.bag, keys, signers)
    except CouldNotLook as error: code, says = 2, f"could not look: {error}"
    except Broken as error: code, says = 1, f"does not hold: {error}"
    except (LookupError, TypeError, AttributeError, ValueError, RecursionError) as error:
        code, says = 1, f"does not hold: it does not parse ({error!r})"
    print(says)
    return code


if __name__ == "__main__": sys.exit(main())
