// The services' own descriptions as servers on loopback, one for each API.
//
//   node services.mjs WORLD CONTRACTS OUT CLOUD
//
// Each server answers what the simulated cloud at CLOUD (`runproof sandbox`)
// answers, or if CLOUD is "" with samples. What is not as described, a request or an
// answer, is told in the header `sl-violations`; nothing is held back. Into
// the folder OUT go runproof.yaml, whose environment `contract` leads to the
// servers and is otherwise that of WORLD (a fixture's world.json), and a file
// of its secrets. "ready" is printed when all listen.

import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { serveGraphql } from "./graphql.mjs";

const require = createRequire(import.meta.url);
const { createLogger } = require("@stoplight/prism-core");
const { getHttpOperationsFromSpec } = require("@stoplight/prism-http");
const { createServer } = require("@stoplight/prism-http-server");

const [worldFile, contracts, out, cloud] = process.argv.slice(2);

// By the name of the API in an environment; it is the cloud's prefix too.
const SERVICES = {
  fly: "fly-machines.json",
  fly_graphql: "fly-graphql.graphql",
  github: "github.json",
  supabase: "supabase.json",
  chatwoot: "chatwoot.json",
};

const bases = {};
const upstream = (name) => (cloud ? `${cloud}/${name}` : undefined);

// The cloud builds links with its own address; who follows one must come
// through here again.
function leadHere(value) {
  for (const name of Object.keys(bases)) {
    value = value.replaceAll(`${upstream(name)}/`, `${bases[name]}/`);
  }
  return value;
}

// How Prism asks the cloud. It would follow a redirect, which is an answer
// here, and put a sample in the place of a 501, which hides that the cloud
// does not know the call.
function askPlainly() {
  const own = createRequire(require.resolve("@stoplight/prism-http"));
  const fetch = own("node-fetch");
  fetch.default = async (url, options) => {
    const answer = await fetch(url, { ...options, redirect: "manual" });
    const headers = {};
    answer.headers.forEach((value, name) => {
      headers[name] = leadHere(value);
    });
    const status = answer.status === 501 ? 500 : answer.status;
    return new fetch.Response(answer.body, { status, headers });
  };
}

// What a description says and Prism takes too literally: a text whose default
// is "" may be empty, whatever its format; a sample is JSON if it can be; and
// of choices that overlap, as an error's shapes do, more than one may fit.
function relax(node) {
  if (node === null || typeof node !== "object") return node;
  if (Array.isArray(node.oneOf) && !node.anyOf) {
    node.anyOf = node.oneOf;
    delete node.oneOf;
  }
  if (node.default === "") delete node.format;
  const kind = "application/json";
  if (node.content?.[kind]) {
    node.content = { [kind]: node.content[kind], ...node.content };
  }
  Object.values(node).forEach(relax);
  return node;
}

async function serveOpenapi(name, file) {
  const description = JSON.parse(fs.readFileSync(file, "utf8"));
  const shared = {
    validateRequest: true,
    validateResponse: true,
    checkSecurity: true,
    errors: false,
    mock: { dynamic: false },
  };
  const proxy = cloud
    ? { isProxy: true, upstream: new URL(upstream(name)) }
    : { isProxy: false };
  const operations = await getHttpOperationsFromSpec(relax(description));
  const server = createServer(operations, {
    cors: false,
    config: { ...shared, ...proxy },
    components: { logger: createLogger(name, { enabled: false }) },
  });
  return server.listen(0, "127.0.0.1");
}

function writeEnvironment() {
  const world = JSON.parse(fs.readFileSync(worldFile, "utf8"));
  const settings = structuredClone(world.env);
  for (const [name, base] of Object.entries(bases)) {
    settings[name] = { ...settings[name], base, limits: {} };
  }
  settings.contract = { cloud };
  settings.secrets = [{ file: "vault.env" }];
  settings.policy = { remote: "allow" };
  const lines = Object.entries(world.secrets).map(([k, v]) => `${k}=${v}\n`);
  fs.writeFileSync(path.join(out, "vault.env"), lines.join(""), { mode: 0o600 });
  fs.writeFileSync(
    path.join(out, "runproof.yaml"),
    JSON.stringify({ environments: { contract: settings } }, null, 2),
  );
}

askPlainly();
for (const [name, description] of Object.entries(SERVICES)) {
  const file = path.join(contracts, description);
  bases[name] = file.endsWith(".graphql")
    ? await serveGraphql(file, upstream(name))
    : await serveOpenapi(name, file);
}
writeEnvironment();
console.log("ready");
