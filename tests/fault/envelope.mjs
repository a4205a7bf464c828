// Checks a signed envelope by another implementation than ours: envelope.mjs
// FILE ed25519:BASE64. Prints its payload; ends with 1 if no signature is that
// key's.
import { readFileSync } from "node:fs";
import core from "@sigstore/core";

const envelope = JSON.parse(readFileSync(process.argv[2], "utf8"));
const raw = Buffer.from(process.argv[3].replace("ed25519:", ""), "base64");
// RFC 8410: what stands before the bytes of an Ed25519 key.
const prefix = Buffer.from("302a300506032b6570032100", "hex");
const key = core.crypto.createPublicKey(Buffer.concat([prefix, raw]));
const payload = Buffer.from(envelope.payload, "base64");
const signed = core.dsse.preAuthEncoding(envelope.payloadType, payload);
const ok = envelope.signatures.some((s) =>
  core.crypto.verify(signed, key, Buffer.from(s.sig, "base64")));
process.stdout.write(payload);
process.exit(ok ? 0 : 1);
