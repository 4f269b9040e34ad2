// Checks a checkpoint and inclusion proofs with Sigstore's own code, offline: node log.mjs question.json
// Prints [{ok, why}], one for each proof of the question.
import crypto from "node:crypto";
import fs from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { verifyCheckpoint } = require("@sigstore/verify/dist/tlog/checkpoint.js"); // not exported: this version only
const { verifyMerkleInclusion } = require("@sigstore/verify/dist/tlog/merkle.js");

const question = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
const [, name, hint, encoded] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(question.vkey);
const raw = Buffer.from(encoded, "base64").subarray(1);
const publicKey = crypto.createPublicKey({
  key: { kty: "OKP", crv: "Ed25519", x: raw.toString("base64url") },
  format: "jwk",
});
const tlogs = [{ logID: Buffer.from(hint, "hex"), baseURL: `https://${name}`, publicKey }];

const told = question.proofs.map((proof) => {
  const entry = {
    canonicalizedBody: Buffer.from(proof.entry, "utf8"),
    inclusionProof: {
      logIndex: String(proof.index),
      hashes: proof.inclusion.map((hash) => Buffer.from(hash, "base64")),
      checkpoint: { envelope: proof.checkpoint },
    },
  };
  try {
    verifyMerkleInclusion(entry, verifyCheckpoint(entry, tlogs));
    return { ok: true, why: "" };
  } catch (error) {
    return { ok: false, why: error.message };
  }
});
console.log(JSON.stringify(told));
