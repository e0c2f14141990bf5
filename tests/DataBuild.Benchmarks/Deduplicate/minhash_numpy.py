"""Straightforward NumPy MinHash deduplication, to compare with.

usage: minhash_numpy.py TEXTS.jsonl   (one {"id", "text"} a line)

Word 5-grams, 14 bands of 8 hashes (a*x + b) mod 2^61 - 1, 64-bit shingle hashes, union-find, the longest text of a cluster kept.
"""
import hashlib
import json
import re
import sys
import time
import unicodedata
from collections import defaultdict

import numpy as np

NGRAM, BANDS, ROWS, SEED = 5, 14, 8, 1
PRIME = np.uint64((1 << 61) - 1)
NUMBER = re.compile(r"\d+([.,]\d+)?")
SEPARATOR = re.compile(r"[\W_]+")


def simplify(text):
    text = NUMBER.sub("0", text.lower())
    text = SEPARATOR.sub(" ", text).strip()
    return "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")


def signature(text, a, b):
    words = simplify(text).split()
    grams = [" ".join(words[i:i + NGRAM]) for i in range(max(1, len(words) - NGRAM + 1))]
    hashes = np.array([int.from_bytes(hashlib.sha1(g.encode()).digest()[:8], "little") for g in grams], dtype=np.uint64)
    return ((hashes[:, None] * a + b) % PRIME).min(axis=0)


def main(path):
    start = time.perf_counter()
    random = np.random.RandomState(SEED)
    a = random.randint(1, PRIME, BANDS * ROWS, dtype=np.uint64)
    b = random.randint(0, PRIME, BANDS * ROWS, dtype=np.uint64)
    signatures, lengths = [], []
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            text = json.loads(line)["text"]
            lengths.append(len(text.encode()))
            signatures.append(signature(text, a, b))
    signed = time.perf_counter() - start
    parents = list(range(len(signatures)))

    def find(x):
        while parents[x] != x:
            parents[x] = parents[parents[x]]
            x = parents[x]
        return x

    for band in range(BANDS):
        buckets = defaultdict(list)
        for row, values in enumerate(signatures):
            buckets[values[band * ROWS:(band + 1) * ROWS].tobytes()].append(row)
        for rows in buckets.values():
            for row in rows[1:]:
                x, y = find(rows[0]), find(row)
                parents[max(x, y)] = min(x, y)
    kept = {}
    for row in range(len(signatures)):
        root = find(row)
        if root not in kept or lengths[row] > lengths[kept[root]]:
            kept[root] = row
    seconds = time.perf_counter() - start
    print(f"numpy {np.__version__}: {len(signatures)} documents, {sum(lengths) / 1e6:.1f} MB; signed {signed:.2f} s, "
          f"all {seconds:.2f} s ({time.process_time():.2f} s of processor time), {sum(lengths) / 1e6 / seconds:.2f} MB/s; {len(kept)} kept")


main(sys.argv[1])
