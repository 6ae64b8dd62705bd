// Drives the YAML language server as an editor does: completion, hover and diagnostics by the schemas of this repository.
//
// Usage: node editor.mjs REPOSITORY, with the npm package yaml-language-server on NODE_PATH. Asks nothing of the network.
import { spawn } from "node:child_process";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const root = resolve(process.argv[2] ?? ".");
const server = spawn("node", [join(process.env.NODE_PATH, "yaml-language-server/bin/yaml-language-server"), "--stdio"]);
server.stderr.pipe(process.stderr);

// ---------------------------------------------------------------- the protocol (LSP over standard streams)
let buffer = Buffer.alloc(0);
let last = 0;
const waiting = new Map();
const diagnosed = new Map();

server.stdout.on("data", (chunk) => {
  buffer = Buffer.concat([buffer, chunk]);
  for (;;) {
    const head = buffer.indexOf("\r\n\r\n");
    if (head < 0) return;
    const length = Number(/Content-Length: (\d+)/i.exec(buffer.subarray(0, head).toString())[1]);
    if (buffer.length < head + 4 + length) return;
    const message = JSON.parse(buffer.subarray(head + 4, head + 4 + length).toString());
    buffer = buffer.subarray(head + 4 + length);
    receive(message);
  }
});

function receive(message) {
  if (message.id !== undefined && message.method === undefined) {
    waiting.get(message.id)?.(message);
    waiting.delete(message.id);
  } else if (message.method === "textDocument/publishDiagnostics") {
    const { uri, diagnostics } = message.params;
    diagnosed.get(uri)?.(diagnostics);
  } else if (message.id !== undefined) {
    // The server asks for settings, for files, and to register what it can do.
    const settings = { validate: true, hover: true, completion: true, schemaStore: { enable: false } };
    let result = null;
    if (message.method === "workspace/configuration") {
      result = message.params.items.map((item) => (item.section === "yaml" ? settings : null));
    } else if (message.method === "vscode/content" || message.method === "custom/schema/content") {
      result = readFileSync(new URL(message.params), "utf8");
    }
    send({ id: message.id, result });
  }
}

function send(message) {
  const body = Buffer.from(JSON.stringify({ jsonrpc: "2.0", ...message }));
  server.stdin.write(`Content-Length: ${body.length}\r\n\r\n`);
  server.stdin.write(body);
}

function ask(method, params) {
  last += 1;
  const id = last;
  return new Promise((done, fail) => {
    const late = setTimeout(() => fail(new Error(`${method}: no answer`)), 60_000);
    waiting.set(id, (message) => {
      clearTimeout(late);
      message.error ? fail(new Error(`${method}: ${message.error.message}`)) : done(message.result);
    });
    send({ id, method, params });
  });
}

// ---------------------------------------------------------------- documents
let opened = 0;

/** Opens a text as a file of the repository; gives its address and what the server finds wrong with it. */
async function open(text, path) {
  opened += 1;
  const uri = pathToFileURL(join(root, path ?? `policies/scratch-${opened}.yaml`)).href;
  const found = new Promise((done) => diagnosed.set(uri, done));
  send({ method: "textDocument/didOpen", params: { textDocument: { uri, languageId: "yaml", version: 1, text } } });
  return { uri, text, wrong: await found };
}

/** The place of `|` in a text, and the text without it. */
function cursor(marked) {
  const at = marked.indexOf("|");
  const before = marked.slice(0, at).split("\n");
  return {
    text: marked.slice(0, at) + marked.slice(at + 1),
    position: { line: before.length - 1, character: before.at(-1).length },
  };
}

async function completions(marked) {
  const { text, position } = cursor(marked);
  const { uri } = await open(text);
  const answer = await ask("textDocument/completion", { textDocument: { uri }, position });
  return (answer?.items ?? answer ?? []).map((item) => item.label);
}

async function hover(marked) {
  const { text, position } = cursor(marked);
  const { uri } = await open(text);
  const answer = await ask("textDocument/hover", { textDocument: { uri }, position });
  const contents = answer?.contents;
  return typeof contents === "string" ? contents : (contents?.value ?? "");
}

// ---------------------------------------------------------------- what is expected
let failed = 0;
let asked = 0;
function expect(holds, what) {
  asked += 1;
  if (!holds) {
    failed += 1;
    console.error(`editor: ${what}`);
  }
}

function offers(found, wanted, where) {
  for (const word of wanted) {
    // The server quotes what YAML 1.1 would take for a boolean.
    expect(found.includes(word) || found.includes(`"${word}"`), `${where}: \`${word}\` is not offered (${found.slice(0, 8).join(", ")} …)`);
  }
}

const modeline = (kind) => `# yaml-language-server: $schema=../schema/${kind}.schema.json\n`;
const policy = (rest) => `${modeline("policy")}version: 1\nname: acme\n${rest}`;
const rule = (rest) => policy(`rules:\n  acme-rule:\n    severity: error\n${rest}`);
const config = (rest) => `${modeline("config")}version: 1\n${rest}`;
const test = (rest) => `${modeline("test")}version: 1\npolicy: hygiene\nat: 2026-11-23\n${rest}`;

await ask("initialize", {
  processId: process.pid,
  rootUri: pathToFileURL(root).href,
  capabilities: {
    workspace: { configuration: true },
    textDocument: { completion: { completionItem: { snippetSupport: true } }, hover: { contentFormat: ["markdown"] } },
  },
});
send({ method: "initialized", params: {} });
send({ method: "workspace/didChangeConfiguration", params: { settings: {} } });

// Values that are known: policies, rules and fields.
offers(await completions(policy("extends: |")), ["hygiene", "connectpay-production", "psd2-qwac"], "extends");
offers(await completions(policy("rules:\n  |")), ["leaf-validity-range", "chain-order", "qwac-role-missing"], "rules");
offers(await completions(config('files:\n  - match: ["**"]\n    policy: |')), ["connectpay-production"], "a config's policy");
offers(await completions(config("waivers:\n  - rule: |")), ["chain-order", "leaf-validity-range"], "a waiver's rule");
offers(
  await completions(rule("    on: leaf\n    check:\n      expression:\n        assert: 'true'\n        point_at: |")),
  ["subject_alternative_name", "public_key", "not_after"],
  "point_at",
);
expect(
  (await hover(policy("extends: hygiene\nrules:\n  chain-ord|er: warning\n"))).length > 20,
  "a rule of a built-in policy is not explained",
);

// Keys of each kind of file.
offers(await completions(policy("|")), ["description", "extends", "vars", "rules", "trust_anchors", "waivers"], "policy");
offers(
  await completions(rule("    |")),
  ["description", "on", "when", "check", "message", "help", "reference", "examples", "locked", "waivable"],
  "rule",
);
offers(await completions(config("|")), ["vars", "files", "exclude", "fail_on", "trust_anchors", "waivers", "waiver_files"], "config");
offers(await completions(config("files:\n  - |")), ["match", "policy", "environment", "app", "vars"], "files of a config");
offers(await completions(config("waivers:\n  - |")), ["rule", "certificate", "path", "reason", "owner", "expires"], "waiver");
offers(await completions(test("|")), ["vars", "chains", "cases", "environment", "app"], "test file");
offers(await completions(test("cases:\n  - name: a\n    |")), ["chain", "file", "text", "expect", "vars", "strict"], "case");
offers(
  await completions(test("cases:\n  - name: a\n    expect:\n      |")),
  ["error", "warning", "advice", "fail", "pass", "not_applicable", "undetermined", "off"],
  "expect",
);
offers(
  await completions(test("chains:\n  a:\n    leaf:\n      |")),
  ["subject", "key", "days", "issued_by", "qc_statements", "signature", "without"],
  "certificate of a test",
);

// Values.
offers(await completions(policy("rules:\n  a:\n    severity: |")), ["error", "warning", "advice", "off"], "severity");
offers(await completions(rule("    on: |")), ["leaf", "intermediate", "root", "ca", "any"], "on");
offers(await completions(rule("    when:\n      class:\n        - |")), ["private", "public", "qwac"], "class");
offers(await completions(config("fail_on: |")), ["error", "warning", "advice"], "fail_on");

// Every check and every parameter, by what the schema itself lists.
const schema = JSON.parse(readFileSync(join(root, "schema/policy.schema.json"), "utf8"));
const follow = (node) => (node?.$ref ? schema.$defs[node.$ref.split("/").at(-1)] : node);
const checks = follow(schema.$defs.Rule.properties.check).properties;
offers(await completions(rule("    check:\n      |")), Object.keys(checks), "check");
for (const [name, reference] of Object.entries(checks)) {
  const said = await hover(rule(`    check:\n      ${name[0]}|${name.slice(1)}: {}\n`));
  expect(said.includes("Fails"), `hover on ${name} does not say when it fails: ${said.slice(0, 60)}`);
  const parameters = Object.keys(follow(reference).properties ?? {});
  if (parameters.length === 0) continue;
  offers(await completions(rule(`    check:\n      ${name}:\n        |`)), parameters, name);
  for (const parameter of parameters) {
    const text = rule(`    check:\n      ${name}:\n        ${parameter[0]}|${parameter.slice(1)}: 1\n`);
    expect((await hover(text)).length > 20, `hover on ${name}: ${parameter} says nothing`);
  }
}
for (const key of ["severity", "on", "when", "check", "message", "help", "reference", "locked", "waivable"]) {
  const said = await hover(policy(`rules:\n  a:\n    ${key[0]}|${key.slice(1)}: x\n`));
  expect(said.length > 20, `hover on ${key} says nothing`);
}
for (const key of ["files", "exclude", "fail_on", "trust_anchors", "waivers"]) {
  expect((await hover(config(`${key[0]}|${key.slice(1)}: x\n`))).length > 20, `hover on ${key} of a config says nothing`);
}

// Mistakes, each at its place.
const mistakes = [
  [policy("rulez: {}\n"), 3, "rulez"],
  [rule("    chekc: {}\n"), 6, "chekc"],
  [rule("    on: leef\n"), 6, "leaf"],
  [rule("    check: { rsa-key-size: { min_bit: 3 } }\n"), 6, "min_bit"],
  [rule("    check: { rsa-key-size: { min_bits: many } }\n"), 6, "integer"],
  [config("fail_on: never\n"), 2, "error"],
  [config("waivers:\n  - { rule: a, path: b, reason: c }\n"), 3, "expires"],
  [test("cases:\n  - { name: a, chian: {} }\n"), 5, "chian"],
];
for (const [text, line, word] of mistakes) {
  const { wrong } = await open(text);
  const here = wrong.filter((found) => found.range.start.line === line && found.message.includes(word));
  expect(here.length > 0, `no diagnostic about ${word} on line ${line}: ${JSON.stringify(wrong.map((found) => [found.range.start.line, found.message]))}`);
}

// Nothing to say of what this repository ships.
function* yaml(folder) {
  for (const name of readdirSync(join(root, folder))) {
    const path = join(folder, name);
    if (statSync(join(root, path)).isDirectory()) yield* yaml(path);
    else if (name.endsWith(".yaml")) yield path;
  }
}
let files = 0;
for (const path of [...yaml("policies"), ...yaml("examples")]) {
  const text = readFileSync(join(root, path), "utf8");
  expect(text.startsWith("# yaml-language-server: $schema="), `${path} names no schema`);
  const { wrong } = await open(text, path);
  files += 1;
  for (const found of wrong) {
    expect(false, `${path}:${found.range.start.line + 1}: ${found.message}`);
  }
}
expect(files > 30, `${files} files alone`);

console.log(`editor: ${asked} questions, ${failed} not answered as they should be`);
server.kill();
process.exit(failed === 0 ? 0 : 1);
