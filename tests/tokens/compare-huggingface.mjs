// Compares the ids of a tokenizer.json as Hugging Face's own implementation for JavaScript gives them with ids that DataBuild wrote.
//
// usage: node compare-huggingface.mjs NODE_FOLDER tokenizer.json CASES.json
//   NODE_FOLDER  a folder in which "npm install @huggingface/tokenizers" was run (outside the repository)
//   CASES.json   an array of [text, [ids]]; the test TrainedTokenizerCasesTests writes one, with its tokenizer, to the folder that DATABUILD_TOKENIZER_CASES names
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, definition, cases] = process.argv.slice(2);
if (!cases) {
  console.error("usage: node compare-huggingface.mjs NODE_FOLDER tokenizer.json CASES.json");
  process.exit(2);
}

const home = join(resolve(folder), "node_modules", "@huggingface", "tokenizers");
const manifest = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
const entry = manifest.module ?? manifest.exports?.node?.import?.default ?? manifest.exports?.default?.import ?? manifest.main;
const { Tokenizer } = await import(pathToFileURL(join(home, typeof entry === "string" ? entry : entry.default)));
const tokenizer = new Tokenizer(JSON.parse(readFileSync(definition, "utf8")), {});
const pairs = JSON.parse(readFileSync(cases, "utf8"));
let different = 0;
for (const [text, expected] of pairs) {
  const found = tokenizer.encode(text, { add_special_tokens: false }).ids;
  if (found.length !== expected.length || found.some((id, i) => Number(id) !== expected[i])) {
    different++;
    console.log(`${JSON.stringify(text.slice(0, 60))}: expected ${expected.slice(0, 12)}, found ${found.slice(0, 12)}`);
  }
}

console.log(`${pairs.length - different} of ${pairs.length} texts have the ids of @huggingface/tokenizers ${manifest.version}`);
process.exit(different ? 1 : 0);
