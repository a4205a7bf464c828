// A GraphQL API on loopback that is held to its schema. Documents and their
// variables are validated; without an upstream the answers are samples of the
// schema's types, else those of the upstream, checked against what the
// document selects. What is wrong is told as Prism tells it, in the header
// sl-violations.

import fs from "node:fs";
import http from "node:http";
import {
  buildSchema, execute, isAbstractType, isEnumType, isLeafType,
  isListType, isNonNullType, parse, validate,
} from "graphql";

const SAMPLES = { Int: 1, Float: 1, Boolean: true, JSON: {} };

function sample(schema, type) {
  if (isNonNullType(type)) return sample(schema, type.ofType);
  if (isListType(type)) return [sample(schema, type.ofType)];
  if (isEnumType(type)) return type.getValues()[0].value;
  if (isLeafType(type)) return SAMPLES[type.name] ?? "sample";
  if (isAbstractType(type)) {
    return { __typename: schema.getPossibleTypes(type)[0].name };
  }
  return {};
}

const at = (info) => {
  const keys = [];
  for (let p = info.path; p; p = p.prev) keys.unshift(String(p.key));
  return keys;
};

const violation = (side, keys, message) => ({
  location: [side, ...keys], severity: "Error", code: "graphql", message,
});

// Runs the document; resolve(source, info) gives the value of a field.
async function run(schema, request, resolve) {
  const document = parse(request.query ?? "");
  const wrong = validate(schema, document);
  if (wrong.length) return { errors: wrong };
  return execute({
    schema, document, rootValue: {}, variableValues: request.variables,
    operationName: request.operationName,
    fieldResolver: (source, _args, _context, info) => resolve(source, info),
    typeResolver: (value) => value.__typename,
  });
}

const isNode = (value) => value !== null && typeof value === "object";

// What the answer has and the document does not select.
function surplus(selected, answered, keys, found) {
  if (!isNode(selected) || !isNode(answered)) return found;
  for (const [key, value] of Object.entries(answered)) {
    if (key in selected) {
      surplus(selected[key], value, [...keys, key], found);
    } else {
      found.push(violation("response", [...keys, key], "is not selected"));
    }
  }
  return found;
}

// Fills the document from the answer, so that every value passes its type.
async function checkAnswer(schema, request, answer) {
  const found = [];
  const data = answer.data ?? null;
  if (data === null) {
    const told = Array.isArray(answer.errors) && answer.errors.length > 0 &&
      answer.errors.every((e) => typeof e.message === "string");
    return told ? [] : [violation("response", [], "neither data nor errors")];
  }
  const result = await run(schema, request, (source, info) => {
    const from = info.path.prev ? source : data;
    const key = info.path.key;
    if (!(key in from)) found.push(violation("response", at(info), "is missing"));
    return from[key];
  });
  for (const e of result.errors ?? []) {
    found.push(violation("response", (e.path ?? []).map(String), e.message));
  }
  return surplus(result.data, data, ["data"], found);
}

async function answerOf(schema, request, upstream, headers) {
  const sampled = await run(schema, request, (_source, info) =>
    sample(schema, info.returnType));
  const found = (sampled.errors ?? []).map((e) =>
    violation("request", (e.path ?? ["query"]).map(String), e.message));
  if (!upstream) return { status: 200, body: sampled, found };
  const reply = await fetch(`${upstream}/graphql`, {
    method: "POST", headers, body: JSON.stringify(request),
  });
  const body = await reply.json();
  if (reply.status === 200 && !found.length) {
    found.push(...await checkAnswer(schema, request, body));
  }
  return { status: reply.status, body, found };
}

async function read(request) {
  let text = "";
  for await (const chunk of request) text += chunk;
  return JSON.parse(text);
}

/** Serves the schema in file; gives the base URL. */
export async function serveGraphql(file, upstream) {
  const schema = buildSchema(fs.readFileSync(file, "utf8"));
  const server = http.createServer(async (request, response) => {
    const send = (status, body, found) => {
      response.setHeader("content-type", "application/json; charset=utf-8");
      if (found.length) {
        response.setHeader("sl-violations", JSON.stringify(found));
      }
      response.statusCode = status;
      response.end(JSON.stringify(body));
    };
    try {
      if (request.method !== "POST" || request.url !== "/graphql") {
        throw new Error(`there is no ${request.method} ${request.url}`);
      }
      const { authorization } = request.headers;
      if (!/^(Bearer|FlyV1) ./.test(authorization ?? "")) {
        throw new Error("there is no token");
      }
      const { status, body, found } = await answerOf(
        schema, await read(request), upstream,
        { authorization, "content-type": "application/json" });
      send(status, body, found);
    } catch (error) {
      const message = String(error.message);
      send(400, { errors: [{ message }] }, [violation("request", [], message)]);
    }
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return `http://127.0.0.1:${server.address().port}`;
}
