// Holds workflow commands against GitHub's own toolkit: what it writes for the findings of a JSON report has to be what
// the report for GitHub says, byte by byte.
//
// Usage: node github-commands.mjs REPORT.json REPORT.github, with the npm package @actions/core on NODE_PATH.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const [json, commands] = process.argv.slice(2);
const require = createRequire(process.env.NODE_PATH + "/");
const core = require("@actions/core");

const write = process.stdout.write;
const findings = JSON.parse(readFileSync(json, "utf8")).findings.filter((finding) => finding.waived === null);
let wanted = "";
process.stdout.write = (text) => (wanted += text) !== "";
for (const { rule, severity, message, help, path, start, end } of findings) {
  // A place that ends in front of the first column ends with the line above. Columns are for one line alone.
  const last = end.column === 1 && end.line > start.line ? end.line - 1 : end.line;
  const properties = { title: rule, file: path, startLine: start.line, endLine: last };
  if (start.line === last) {
    properties.startColumn = start.column;
    if (end.line === start.line) properties.endColumn = end.column;
  }
  const say = { error: core.error, warning: core.warning, advice: core.notice }[severity];
  say(help === null ? message : `${message}\n${help}`, properties);
}
process.stdout.write = write;

const got = readFileSync(commands, "utf8");
if (got !== wanted) {
  const lines = wanted.split("\n");
  const at = got.split("\n").findIndex((line, index) => line !== lines[index]);
  console.error(`${commands}:${at + 1}: GitHub's toolkit writes ${lines[at]}`);
  process.exit(1);
}
console.log(`github: ${findings.length} command(s), as GitHub's toolkit writes them`);
