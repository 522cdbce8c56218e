"""Finds the sealed leaves behind a root and aligns stored lines with them (section 8)."""
import collections

from published import cover, cover_heights, push, root_of

SEARCH_STEPS_MAX, PAIRS_MAX = 100_000, 200_000
Sealed = collections.namedtuple("Sealed", "leaf first count")  # leaf None: `count` unknown leaves
Piece = collections.namedtuple("Piece", "first count roots leaves")


class Pieces:
    """Claims about what was sealed where: leaf lists, the stored lines, SLIX. A root decides."""

    def __init__(self, archive):
        self.start, self.by_first = archive.start, collections.defaultdict(list)
        for leaf_list in archive.lists:
            self.add(leaf_list.first, leaf_list.hashes)
        for frame in archive.frames:
            leaves = archive.leaves[frame.first:frame.first + frame.count]
            for first in {frame.list.first if frame.list else None, archive.start + frame.first}:
                self.add(first, leaves)
        named = set()
        for *_, first, count, hashes in archive.rows:
            heights = cover_heights(first, count)
            if len(heights) == len(hashes) and first >= self.start:
                roots = list(zip(heights, hashes))
                named.add((first, tuple(roots)))
                self.by_first[first].append(Piece(first, count, roots, None))
        for first, pieces in self.by_first.items():  # what SLIX agrees with is tried first
            pieces.sort(key=lambda p: ((first, tuple(p.roots)) not in named, p.leaves is None))

    def add(self, first, leaves):
        if first is None or first + len(leaves) <= self.start:
            return
        leaves = leaves[max(0, self.start - first):]
        first = max(first, self.start)
        piece = Piece(first, len(leaves), cover(first, leaves), leaves)
        if piece not in self.by_first[first]:
            self.by_first[first].append(piece)

    def fold_to(self, root, start, frontier, size):
        """(sealed, frontier) of a row of pieces from `start` to `size` with this root, or None."""
        trail, steps = [(start, frontier, None)], 0
        while trail and steps < SEARCH_STEPS_MAX:
            at, frontier, path = trail.pop()
            steps += 1
            if at == size and root_of(frontier) == root:
                chosen = []
                while path:
                    piece, path = path
                    chosen.append(piece)
                return [sealed for piece in reversed(chosen) for sealed in (
                    [Sealed(None, piece.first, piece.count)] if piece.leaves is None else
                    [Sealed(leaf, i, 1) for i, leaf in enumerate(piece.leaves, piece.first)])
                        ], frontier
            for piece in reversed(self.by_first.get(at, [])):
                if piece.count and at + piece.count <= size:
                    grown = list(frontier)
                    for height, digest in piece.roots:
                        push(grown, height, digest)
                    trail.append((at + piece.count, grown, (piece, path)))
        return None


def align(stored, sealed):
    """{stored ordinal: place in sealed}, the longest common subsequence; ties: see `best`."""
    head, ends = 0, [len(stored), len(sealed)]
    while head < min(ends) and stored[head] == sealed[head].leaf:
        head += 1
    while head < min(ends) and stored[ends[0] - 1] == sealed[ends[1] - 1].leaf:
        ends = [ends[0] - 1, ends[1] - 1]
    pairs = {i: i for i in range(head)}
    pairs.update(zip(range(ends[0], len(stored)), range(ends[1], len(sealed))))
    places = collections.defaultdict(list)
    for place in range(head, ends[1]):
        places[sealed[place].leaf].append(place)
    middle = range(head, ends[0])
    many = sum(len(places.get(stored[i], ())) for i in middle) > PAIRS_MAX
    seen, width = collections.Counter(), ends[1] - head
    # A Fenwick tree of chain ends: the longest chain is best, then the one with the most lines at
    # their own index, then the one that ends first in the file.
    best = [((0, 0, 0), None)] * (width + 1)
    for i in middle:
        candidates, found = places.get(stored[i], ()), []
        if many:  # of lines that repeat a lot, only pair those of about the same turn
            turn = seen[stored[i]]
            seen[stored[i]] += 1
            candidates = candidates[max(0, turn - 2):turn + 3]
        for place in candidates:
            node, top = place - head, best[0]
            while node:
                top, node = max(top, best[node], key=lambda end: end[0]), node & node - 1
            own = sealed[place].first - sealed[head].first == i - head
            score = (top[0][0] + 1, top[0][1] + own, -i)
            found.append((place, (score, (i, place, top[1]))))
        for place, end in found:
            node = place - head + 1
            while node <= width:
                best[node], node = max(best[node], end, key=lambda e: e[0]), node + (node & -node)
    node, chain = width, best[0]
    while node:
        chain, node = max(chain, best[node], key=lambda end: end[0]), node & node - 1
    chain = chain[1]
    while chain:
        pairs[chain[0]], chain = chain[1], chain[2]
    return pairs
