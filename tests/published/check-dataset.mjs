// Reads a finished dataset with libraries that are not ours: the card's YAML, the Croissant description as linked data, and the rows of its Parquet files.
// Exit status 1 where any of them says something else than the manifest.
//
// usage: node check-dataset.mjs PACKAGES DATASET
//   PACKAGES  a folder outside the repository with this folder's package.json, in which "npm install" was run
//   DATASET   the folder of a finished dataset with Parquet rows
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [packages, dataset] = process.argv.slice(2);
if (!packages || !dataset) {
  console.error("usage: node check-dataset.mjs PACKAGES DATASET");
  process.exit(2);
}

const root = resolve(packages);
const require = createRequire(join(root, "package.json"));
const load = async (name, file) => import(pathToFileURL(join(root, "node_modules", name, file)));
const { parquetReadObjects, parquetMetadata } = await load("hyparquet", "src/node.js");
const { compressors } = await load("hyparquet-compressors", "src/index.js");
const jsonld = require("jsonld");
const yaml = require("yaml");
const parquetWasm = require("parquet-wasm");
const arrow = require("apache-arrow");

const wrong = [];
const check = (what, found, expected) => {
  if (JSON.stringify(found) !== JSON.stringify(expected)) {
    wrong.push(`${what}: found ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`);
  }
};
const manifest = JSON.parse(readFileSync(join(dataset, "manifest.json"), "utf8"));
const columns = manifest.columns.map(c => c.name);
const digest = bytes => createHash("sha256").update(bytes).digest("hex");

// The rows, and what the card says that they are.
const card = yaml.parse(readFileSync(join(dataset, "README.md"), "utf8").split("---\n")[1]);
check("columns of the card", card.dataset_info.features.map(f => f.name), columns);
check("configs of the card", card.configs, [{ config_name: "default", data_files: [{ split: "train", path: "data/train-*.parquet" }] }]);
const types = { string: "string", int32: "number", int64: "bigint", uint64: "bigint", float32: "number", float64: "number", bool: "boolean" };
let rows = 0;
let arrowRows = 0;
let textBytes = 0;
const ids = new Set();
for (const name of readdirSync(join(dataset, "data")).sort()) {
  const bytes = readFileSync(join(dataset, "data", name));
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  check(`columns of ${name}`, parquetMetadata(file).schema.filter(e => e.num_children === undefined).map(e => e.name), columns);
  // The reader of Rust's Arrow, as an Arrow table: what pyarrow, Polars and DataFusion make of the file too.
  const table = arrow.tableFromIPC(parquetWasm.readParquet(bytes).intoIPCStream());
  const arrowTypes = { string: "Utf8", int32: "Int32", int64: "Int64", uint64: "Uint64", float32: "Float32", float64: "Float64", bool: "Bool" };
  check(`Arrow schema of ${name}`, table.schema.fields.map(f => `${f.name}: ${f.type}`), card.dataset_info.features.map(f => `${f.name}: ${arrowTypes[f.dtype] ?? f.dtype}`));
  arrowRows += table.numRows;
  const text = table.getChild("text");
  let index = 0;
  for (const row of await parquetReadObjects({ file, compressors })) {
    rows++;
    textBytes += Buffer.byteLength(row.text);
    check(`text of ${row.id} by both readers`, text.get(index++) === row.text, true);
    ids.add(row.id);
    for (const feature of card.dataset_info.features) {
      const value = row[feature.name];
      if (value !== null && value !== undefined && types[feature.dtype] && typeof value !== types[feature.dtype]) {
        wrong.push(`${name}, ${row.id}: ${feature.name} is a ${typeof value}; the card says ${feature.dtype}`);
      }
    }
  }
}
check("rows", rows, manifest.documents);
check("rows of the Arrow tables", arrowRows, manifest.documents);
check("bytes of text", textBytes, manifest.textBytes);
check("different ids", ids.size, manifest.documents);
check("examples of the card", card.dataset_info.splits[0].num_examples, manifest.documents);

// The Croissant description, expanded as any reader of linked data does: a key that its context does not know would be lost.
const croissant = JSON.parse(readFileSync(join(dataset, "croissant.json"), "utf8"));
const [expanded] = await jsonld.expand(croissant, { safe: true, base: "https://dataset.example/" });
const cr = "http://mlcommons.org/croissant/";
check("type", expanded["@type"], ["https://schema.org/Dataset"]);
check("version of Croissant", expanded["http://purl.org/dc/terms/conformsTo"].map(v => v["@value"] ?? v["@id"]), ["http://mlcommons.org/croissant/1.1"]);
// What Croissant 1.1 requires of a dataset, a file and a field, and that a field's source is a file of the description.
const schema = "https://schema.org/";
for (const key of ["name", "description", "license", "url", "creator", "datePublished", "version", "distribution"]) {
  check(`the required '${key}'`, expanded[schema + key]?.length > 0, true);
}
const files = new Set();
for (const file of expanded[`${schema}distribution`]) {
  files.add(file["@id"]);
  const needed = file["@type"][0] === `${cr}FileSet` ? [`${cr}includes`, `${schema}encodingFormat`] : [`${schema}contentUrl`, `${schema}encodingFormat`];
  needed.forEach(key => check(`${key} of ${file["@id"]}`, file[key]?.length > 0, true));
}
const dataTypes = new Set(["Text", "Integer", "Float", "Boolean", "Date", "URL"].map(t => schema + t));
for (const field of expanded[`${cr}recordSet`].flatMap(s => s[`${cr}field`])) {
  check(`type of ${field["@id"]}`, dataTypes.has(field[`${cr}dataType`]?.[0]["@id"]), true);
  const source = field[`${cr}source`]?.[0];
  const file = source?.[`${cr}fileObject`]?.[0]["@id"] ?? source?.[`${cr}fileSet`]?.[0]["@id"];
  check(`file of ${field["@id"]}`, files.has(file), true);
  check(`column of ${field["@id"]}`, source?.[`${cr}extract`]?.[0][`${cr}column`]?.[0]["@value"], field[`${schema}name`][0]["@value"].split("/").at(-1));
}
let described = 0;
for (const file of expanded["https://schema.org/distribution"]) {
  const url = file["https://schema.org/contentUrl"]?.[0]["@value"];
  if (url) {
    described++;
    const sha256 = file["https://schema.org/sha256"] ?? file[`${cr}sha256`];
    check(`digest of ${url}`, sha256[0]["@value"], digest(readFileSync(join(dataset, url))));
  }
}
check("some files are described", described > 0, true);
const fields = expanded[`${cr}recordSet`][0][`${cr}field`].map(f => f["https://schema.org/name"][0]["@value"]);
check("fields", fields.map(f => f.split("/").at(-1)), columns);

// The checksums, as "sha256sum --check SHA256SUMS" reads them.
for (const line of readFileSync(join(dataset, "SHA256SUMS"), "utf8").trimEnd().split("\n")) {
  check(`checksum of ${line.slice(66)}`, line.slice(0, 64), digest(readFileSync(join(dataset, line.slice(66)))));
}

wrong.forEach(w => console.error(w));
console.log(wrong.length === 0 ? `${rows} rows of ${columns.length} columns: card, Croissant, checksums and rows agree` : `${wrong.length} differences`);
process.exit(wrong.length === 0 ? 0 : 1);
