// Parses LaTeX with KaTeX and lists what it refuses. Exit status 1 where it refuses anything.
//
// usage: node check-katex.mjs KATEX_FOLDER RESULTS.json
//   KATEX_FOLDER  a folder in which "npm install katex" was run (outside the repository)
//   RESULTS.json  an object name -> LaTeX; the test MathMlPairsTests writes one beside its assembly (mathml-pairs.results.json)
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const [folder, file] = process.argv.slice(2);
if (!folder || !file) {
  console.error("usage: node check-katex.mjs KATEX_FOLDER RESULTS.json");
  process.exit(2);
}

const katex = createRequire(join(resolve(folder), "package.json"))("katex");
const results = Object.entries(JSON.parse(readFileSync(file, "utf8")));
let refused = 0;
for (const [name, latex] of results) {
  try {
    katex.renderToString(latex, { throwOnError: true, strict: false, displayMode: true });
  } catch (error) {
    refused++;
    console.log(`${name}: ${error.message}`);
  }
}

console.log(`${results.length - refused} of ${results.length} parsed by KaTeX ${katex.version}`);
process.exit(refused ? 1 : 0);
