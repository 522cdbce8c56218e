"""What a sealog archive takes from elsewhere: Ed25519, RFC 6962 tree hashing, C2SP signed notes.

Plain Python, no third-party module. Nothing here knows what a sealog archive is.
"""
import base64
import collections
import hashlib
import os
import re

SIGNATURE_LINES_MAX = 16


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


# --- Ed25519 (RFC 8032), points as (X, Y, Z, T) ---------------------------------------------------
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D, ROOT_OF_MINUS_1 = -121665 * pow(121666, P - 2, P) % P, pow(2, (P - 1) // 4, P)


def point_add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def point_decode(raw):
    """The point, or None where its form is not canonical, not on the curve, or of small order."""
    y, sign = int.from_bytes(raw, "little") & (2**255 - 1), raw[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * ROOT_OF_MINUS_1 % P
    if y >= P or x * x % P != square or (x == 0 and sign):
        return None
    x = x if x & 1 == sign else P - x
    point = eight_times = (x, y, 1, x * y % P)
    for _ in range(3):
        eight_times = point_add(eight_times, eight_times)
    return None if eight_times[0] == 0 else point


BASE = point_decode((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signature_holds(key, signature, message):
    """Strict: canonical s, A and R; no point of small order; no cofactor."""
    if len(signature) != 64:
        return False
    a, r = point_decode(key), point_decode(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if not a or not r or s >= L:
        return False
    digest = hashlib.sha512(signature[:32] + key + message).digest()
    k, minus_a = int.from_bytes(digest, "little") % L, (P - a[0], a[1], 1, P - a[3])
    table, total = (None, BASE, minus_a, point_add(BASE, minus_a)), (0, 1, 1, 0)
    for bit in range(max(s.bit_length(), k.bit_length()) - 1, -1, -1):  # [s]B - [k]A, jointly
        total, pick = point_add(total, total), (s >> bit & 1) | (k >> bit & 1) << 1
        total = point_add(total, table[pick]) if pick else total
    return (total[0] - r[0] * total[2]) % P == 0 == (total[1] - r[1] * total[2]) % P


# --- Tree hashing (RFC 6962): a frontier is a list of (height, hash), left to right ---------------
def leaf_hash(entry):
    return sha256(b"\0", entry)


def push(frontier, height, digest):
    while frontier and frontier[-1][0] == height:
        digest, height = sha256(b"\1", frontier.pop()[1], digest), height + 1
    frontier.append((height, digest))


def root_of(frontier):
    digest = frontier[-1][1] if frontier else sha256(b"")
    for _, left in reversed(frontier[:-1]):
        digest = sha256(b"\1", left, digest)
    return digest


def cover_heights(first, count):
    """Heights of the largest complete aligned subtrees that cover [first, first + count)."""
    heights = []
    while count:
        low_zeros = (first & -first).bit_length() - 1 if first else 64
        heights.append(min(low_zeros, count.bit_length() - 1))
        first, count = first + (1 << heights[-1]), count - (1 << heights[-1])
    return heights


def cover(first, leaves):
    result, at = [], 0
    for height in cover_heights(first, len(leaves)):
        part = []
        for leaf in leaves[at:at + (1 << height)]:
            push(part, 0, leaf)
        result, at = result + part, at + (1 << height)
    return result


# --- Signed notes and checkpoints -----------------------------------------------------------------
def base64_canonical(text):
    """The bytes; ValueError where the text is not standard base64 in its one canonical form."""
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw) != (text.encode() if isinstance(text, str) else text):
        raise ValueError("base64 is not canonical")
    return raw


def read_vkeys(file_or_vkey):
    """{(name, key id): public key} of a file with a vkey a line, or of one vkey; or ValueError."""
    text = file_or_vkey
    if os.path.exists(file_or_vkey):
        with open(file_or_vkey, encoding="utf-8") as file:
            text = file.read()
    keys = {}
    for line in filter(lambda line: line and line[0] != "#", map(str.strip, text.splitlines())):
        name, key_id, blob = (line.split("+", 2) + ["", ""])[:3]
        raw = base64_canonical(blob)
        sound = raw[:1] == b"\1" and len(raw) == 33 and point_decode(raw[1:])
        if not sound or sha256(name.encode(), b"\n", raw)[:4].hex() != key_id.lower():
            raise ValueError(f"not an Ed25519 vkey: {line[:80]}")
        keys[name, bytes.fromhex(key_id)] = raw[1:]
    if not keys:
        raise ValueError("no key to trust")
    return keys


Note = collections.namedtuple("Note", "origin log size root text signatures")
CHECKPOINT = re.compile(rb"([^\n]+)/([0-9a-f-]{36})\n(0|[1-9][0-9]{0,18})\n([^\n]{44})\n")
SIGNATURE = re.compile("\u2014 ([^\\s+]+) ([^\\s]+)")


def read_checkpoint(payload):
    """The note of a checkpoint, with signatures as (name, key id, signature); or ValueError."""
    body, _, lines = payload.partition(b"\n\n")
    parts, signatures = CHECKPOINT.fullmatch(body + b"\n"), []
    if not parts or lines[-1:] != b"\n" or lines.count(b"\n") > SIGNATURE_LINES_MAX:
        raise ValueError("not a signed checkpoint of at most 16 signatures")
    for line in lines.decode()[:-1].split("\n"):
        match = SIGNATURE.fullmatch(line)
        raw = base64_canonical(match.group(2)) if match else b""
        if len(raw) < 5:
            raise ValueError("not a signature line")
        signatures.append((match.group(1), raw[:4], raw[4:]))
    origin, log, size, root = parts.groups()
    root = base64_canonical(root)
    if len(root) != 32 or int(size) >= 1 << 63:
        raise ValueError("not a checkpoint's size and root")
    return Note(origin.decode(), log.decode(), int(size), root, body + b"\n", signatures)
