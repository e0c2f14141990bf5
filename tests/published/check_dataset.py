"""Loads a finished dataset as its users do: with datasets, pyarrow and mlcroissant.

usage: python check_dataset.py DATASET
    after "pip install datasets pyarrow mlcroissant"; says which of them is missing and leaves it out. Exit status 1 where one of them finds
    something else than the manifest says, 2 where all are missing.
"""

import glob
import json
import sys

folder = sys.argv[1].rstrip("/")
with open(f"{folder}/manifest.json", encoding="utf-8") as file:
    manifest = json.load(file)
columns = [column["name"] for column in manifest["columns"]]
checked, wrong = [], []


def check(reader, what, found, expected):
    if found != expected:
        wrong.append(f"{reader}: {what}: found {found}, expected {expected}")


def with_pyarrow():
    import pyarrow.parquet

    tables = [pyarrow.parquet.read_table(path) for path in sorted(glob.glob(f"{folder}/data/train-*.parquet"))]
    check("pyarrow", "columns", tables[0].column_names, columns)
    check("pyarrow", "rows", sum(table.num_rows for table in tables), manifest["documents"])
    check("pyarrow", "bytes of text", sum(len(text.as_py().encode()) for table in tables for text in table["text"]), manifest["textBytes"])


def with_datasets():
    import datasets

    rows = datasets.load_dataset(folder, split="train")
    check("datasets", "columns", rows.column_names, columns)
    check("datasets", "rows", rows.num_rows, manifest["documents"])


def with_croissant():
    import mlcroissant

    dataset = mlcroissant.Dataset(f"{folder}/croissant.json")
    check("mlcroissant", "warnings", sorted(dataset.metadata.ctx.issues.warnings), [])
    record_set = dataset.metadata.record_sets[0].uuid
    check("mlcroissant", "records", sum(1 for _ in dataset.records(record_set)), manifest["documents"])


for reader in (with_pyarrow, with_datasets, with_croissant):
    try:
        reader()
        checked.append(reader.__name__.removeprefix("with_"))
    except ModuleNotFoundError as missing:
        print(f"{reader.__name__.removeprefix('with_')} left out: {missing}")

print("\n".join(wrong) if wrong else f"{manifest['documents']} documents, as the manifest says, by {', '.join(checked) or 'none'}")
sys.exit(1 if wrong else 0 if checked else 2)
