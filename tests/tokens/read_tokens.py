"""Reads token files of the formats that DataBuild writes, from their published layouts alone, with the standard library only.

usage: read_tokens.py FORMAT FOLDER TOKEN_BYTES
prints a JSON array of sequences of token ids; npy, which holds no boundaries of its own, is cut by the rows of its .csv.gz.

layouts: megatron/core/datasets/indexed_dataset.py; datatrove/pipeline/tokens/tokenizer.py; dolma/tokenizer/memmap_writer.py;
mosaicml streaming/base/format/mds/{writer,reader}.py and encodings/tensor.py.
"""
import csv
import glob
import gzip
import json
import os
import struct
import sys


def ids(data, width):
    assert len(data) % width == 0, "%d bytes are no whole number of %d-byte ids" % (len(data), width)
    return list(struct.unpack("<%d%s" % (len(data) // width, "H" if width == 2 else "I"), data))


def read(path):
    with open(path, "rb") as f:
        return f.read()


def megatron(folder, width):
    index = read(os.path.join(folder, "train.idx"))
    assert index[:9] == b"MMIDIDX\x00\x00", index[:9]
    version, code, sequences, documents = struct.unpack_from("<QBQQ", index, 9)
    assert version == 1 and code == {2: 8, 4: 4}[width], (version, code)
    lengths = struct.unpack_from("<%di" % sequences, index, 34)
    offsets = struct.unpack_from("<%dq" % sequences, index, 34 + 4 * sequences)
    bounds = struct.unpack_from("<%dq" % documents, index, 34 + 12 * sequences)
    assert len(index) == 34 + 12 * sequences + 8 * documents
    assert documents == 0 or (bounds[0] == 0 and bounds[-1] == sequences)
    data = read(os.path.join(folder, "train.bin"))
    assert len(data) == width * sum(lengths)
    return [ids(data[o:o + n * width], width) for o, n in zip(offsets, lengths)]


def datatrove(folder, width):
    (path,) = glob.glob(os.path.join(folder, "*.ds"))
    data = ids(read(path), width)
    index = read(path + ".index")
    ends = struct.unpack("<%dQ" % (len(index) // 8), index)
    head, count = read(path + ".metadata").decode().split("\n")[:2]
    assert int(head.split("|")[1]) == width and int(count) == len(data), (head, count)
    assert not ends or ends[-1] == len(data)
    return [data[a:b] for a, b in zip((0,) + ends, ends)]


def npy(folder, width):
    sequences = []
    for path in sorted(glob.glob(os.path.join(folder, "*.npy"))):
        data = ids(read(path), width)
        at = 0
        with gzip.open(path[:-4] + ".csv.gz", "rt", newline="") as rows:
            for start, end, _, _, _ in csv.reader(rows):
                assert int(start) == at
                at = int(end)
                sequences.append(data[int(start):at])
        assert at == len(data)
    return sequences


def mds(folder, width):
    with open(os.path.join(folder, "index.json")) as f:
        index = json.load(f)
    assert index["version"] == 2
    sequences = []
    for shard in index["shards"]:
        assert shard["format"] == "mds" and shard["column_names"] == ["tokens"]
        assert shard["column_encodings"] == ["ndarray:uint16" if width == 2 else "ndarray:int32"]
        data = read(os.path.join(folder, shard["raw_data"]["basename"]))
        assert len(data) == shard["raw_data"]["bytes"]
        (count,) = struct.unpack_from("<I", data)
        assert count == shard["samples"]
        offsets = struct.unpack_from("<%dI" % (count + 1), data, 4)
        json.loads(data[4 + 4 * (count + 1):offsets[0]])
        for begin, end in zip(offsets, offsets[1:]):
            (size,) = struct.unpack_from("<I", data, begin)
            array = data[begin + 4:end]
            assert size == len(array)
            assert array[0] >> 2 == 1
            shape = {0: "<B", 1: "<H", 2: "<I"}[array[0] & 3]
            (length,) = struct.unpack_from(shape, array, 1)
            values = ids(array[1 + struct.calcsize(shape):], width)
            assert len(values) == length
            sequences.append(values)
    return sequences


if __name__ == "__main__":
    json.dump({"megatron": megatron, "datatrove": datatrove, "npy": npy, "mds": mds}[sys.argv[1]](sys.argv[2], int(sys.argv[3])), sys.stdout)
