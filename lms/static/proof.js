// What can be checked of a certificate with nothing but hashes and Ed25519: the log's signed state, an entry's place
// in it, a credential's signature, a bit of the revocation list. No page, no network; a disagreement is thrown in words.
const VC = "https://www.w3.org/2018/credentials#";
const STATUS = "https://www.w3.org/ns/credentials/status#";
const BADGE = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#";
const SCHEMA = "https://schema.org/";
const SECURITY = "https://w3id.org/security#";
const RDF_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>";
const MOMENT = "http://www.w3.org/2001/XMLSchema#dateTime";
const XSD = "https://www.w3.org/2001/XMLSchema#"; // as Open Badges writes it

// The contexts that a document of ours names, and what their terms mean; a term that is not here is refused.
const BASE = "https://www.w3.org/ns/credentials/v2";
const BADGES = [
  BASE,
  "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
  "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
];
const WORDS = {
  [VC]: "credentialSchema credentialStatus credentialSubject evidence issuer validFrom validUntil",
  [STATUS]: "encodedList statusListCredential statusListIndex statusPurpose",
  [SCHEMA]:
    "description email genre name streetAddress targetDescription targetFramework targetName targetUrl url value",
  [BADGE]:
    "achievement achievementType activityEndDate address alignment awardedDate creditsAvailable creditsEarned hashed " +
    "humanCode identifier identifierType identityHash identityType narrative official otherIdentifier phone result " +
    "resultDescription resultType targetCode targetType valueMax version",
};
const KINDS = {
  [VC]: "VerifiableCredential",
  [STATUS]: "BitstringStatusList BitstringStatusListCredential BitstringStatusListEntry",
  [BADGE]:
    "Achievement AchievementSubject Address Evidence IdentifierEntry IdentityObject OpenBadgeCredential Profile " +
    "Result ResultDescription",
};
const spread = (table) =>
  Object.fromEntries(Object.entries(table).flatMap(([base, names]) => names.split(" ").map((name) => [name, base + name])));
const TERMS = { ...spread(WORDS), criteria: `${BADGE}Criteria`, tag: `${SCHEMA}keywords` };
const TYPES = {
  ...spread(KINDS),
  Alignment: `${SCHEMA}AlignmentObject`,
  "1EdTechJsonSchemaValidator2019": "https://purl.imsglobal.org/spec/vccs/v1p0/context.json#1EdTechJsonSchemaValidator2019",
};
const DATATYPES = {
  activityEndDate: `${XSD}date`,
  awardedDate: "xsd:dateTime", // so it stands in that context
  creditsAvailable: `${XSD}float`,
  creditsEarned: `${XSD}float`,
  encodedList: `${SECURITY}multibase`,
  hashed: `${XSD}boolean`,
  resultDescription: `${XSD}anyURI`,
  targetUrl: `${XSD}anyURI`,
  url: `${XSD}anyURI`,
  validFrom: MOMENT,
  validUntil: MOMENT,
};
const ADDRESSES = ["issuer", "statusListCredential"];
const ABSOLUTE = /^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>"{}|\\^`\u0000-\u0020]+$/;
const BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const LIST_BYTES = 16384;

/** A check that came out wrong; its message is for people. */
export class Disagrees extends Error {}

export function demand(fact, words) {
  if (!fact) throw new Disagrees(words);
}

// ---- Bytes ----

const bytesOf = (text) => new TextEncoder().encode(text);
const join = (...parts) => new Uint8Array(parts.flatMap((part) => [...part]));
const same = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);
const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

async function digest(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

/** The SHA-256 of a text, in hex. */
export async function sha256(text) {
  return hex(await digest(bytesOf(text)));
}

export function fromBase64(text) {
  let binary;
  try {
    binary = atob(text);
  } catch {
    binary = "";
  }
  demand(binary && btoa(binary) === text, "A part of the proof is not written as it should be.");
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}

function fromBase58(text) {
  let number = 0n;
  for (const letter of text) {
    demand(BASE58.includes(letter), "A key or a signature is not written as it should be.");
    number = number * 58n + BigInt(BASE58.indexOf(letter));
  }
  const digits = number.toString(16);
  const bytes = (digits.length % 2 ? `0${digits}` : digits).match(/../g).map((pair) => parseInt(pair, 16));
  return new Uint8Array([...Array(text.match(/^1*/)[0].length).fill(0), ...(number ? bytes : [])]);
}

const key = (raw) => crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]);

async function signed(raw, signature, message) {
  return crypto.subtle.verify("Ed25519", await key(raw), signature, message);
}

/** Whether this browser can do all of it. */
export async function able() {
  try {
    await key(new Uint8Array(32));
    return "DecompressionStream" in globalThis;
  } catch {
    return false; // an old browser, or a page that did not come over https
  }
}

// ---- The log (RFC 6962; C2SP signed notes and checkpoints) ----

const leafHash = (text) => digest(join([0], bytesOf(text)));
const children = (left, right) => digest(join([1], left, right));

/** The state of the log that a note holds, if one of the keys signed it: {name, size, root, vkey}. */
export async function openCheckpoint(note, vkeys) {
  const end = note.lastIndexOf("\n\n");
  const text = note.slice(0, end + 1);
  const [name, size, root, ...rest] = text.split("\n");
  demand(end > 0 && /^(0|[1-9]\d{0,14})$/.test(size) && rest.join("") === "", "This is no signed state of a log.");
  const lines = note.slice(end + 2).split("\n");
  for (const vkey of vkeys) {
    const [, owner, id, encoded] = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/.exec(vkey) ?? [];
    demand(owner, "The log’s key is not written as it should be.");
    const raw = fromBase64(encoded);
    const named = (await digest(join(bytesOf(`${owner}\n`), raw))).slice(0, 4);
    demand(raw[0] === 1 && hex(named) === id, "The log’s key does not fit its own name.");
    const line = lines.find((found) => found.startsWith(`\u2014 ${owner} `));
    const signature = line && fromBase64(line.slice(owner.length + 3));
    if (owner !== name || !signature || hex(signature.slice(0, 4)) !== id) continue;
    if (!(await signed(raw.slice(1), signature.slice(4), bytesOf(text)))) break;
    return { name, size: Number(size), root: fromBase64(root), vkey };
  }
  throw new Disagrees("The signature under the log’s state is not by the log’s key: the state was altered.");
}

const length = (number) => (number ? number.toString(2).length : 0);
const ones = (number) => number.toString(2).replaceAll("0", "").length;

/** Demand that an entry stands at this place of the log (RFC 9162, 2.1.3.2). */
export async function demandInclusion({ entry, index, inclusion }, { size, root }) {
  const wrong = "The path from this entry does not lead to the log’s signed state: entry or path was altered.";
  demand(Number.isSafeInteger(index) && index >= 0 && index < size, wrong);
  const inner = length(BigInt(index) ^ BigInt(size - 1));
  demand(inclusion.length === inner + ones(BigInt(index) >> BigInt(inner)), wrong);
  let whole = await leafHash(entry);
  for (const [height, encoded] of inclusion.entries()) {
    const sibling = fromBase64(encoded);
    const right = height < inner && !((BigInt(index) >> BigInt(height)) & 1n);
    whole = right ? await children(whole, sibling) : await children(sibling, whole);
  }
  demand(same(whole, root), wrong);
}

/** Demand that nothing of an older state was taken back or changed (RFC 9162, 2.1.4.2). */
export async function demandGrowth(old, now, proof) {
  const wrong = "The log is not the one this browser saw before: something in it was taken back or changed.";
  demand(old.size <= now.size, wrong);
  if (old.size === now.size) return demand(same(old.root, now.root), wrong);
  const low = length(BigInt(old.size) & -BigInt(old.size)) - 1;
  const hashes = proof.map(fromBase64);
  if (!(old.size & (old.size - 1))) hashes.unshift(old.root);
  const [index, last] = [BigInt(old.size - 1) >> BigInt(low), BigInt(now.size - 1) >> BigInt(low)];
  const inner = length(index ^ last);
  demand(hashes.length === 1 + inner + ones(index >> BigInt(inner)), wrong);
  let [was, is] = [hashes[0], hashes[0]];
  for (const [height, sibling] of hashes.slice(1).entries()) {
    if (height >= inner || (index >> BigInt(height)) & 1n) {
      [was, is] = [await children(sibling, was), await children(sibling, is)];
    } else {
      is = await children(is, sibling);
    }
  }
  demand(same(was, old.root) && same(is, now.root), wrong);
}

/** What an entry of the log says: {kind, sha256, at, detail}. */
export function readEntry(text) {
  const [, kind, hash, at, detail = ""] = /^ce-log\/1 (issue|revoke|reissue) ([0-9a-f]{64}) (\S+)(?: (\S+))?$/.exec(text) ?? [];
  demand(kind && !Number.isNaN(Date.parse(at)), "This is not an entry as our log writes them.");
  return { kind, sha256: hash, at, detail };
}

// ---- Signatures (W3C Data Integrity, eddsa-rdfc-2022) ----

const escaped = { "\\": "\\\\", '"': '\\"', "\t": "\\t", "\n": "\\n", "\r": "\\r" };
const quoted = (text) => `"${text.replace(/[\\"\t\n\r]/g, (letter) => escaped[letter])}"`;

function address(text) {
  demand(ABSOLUTE.test(text), "The credential names an address that is none.");
  return `<${text}>`;
}

function literal(term, value) {
  let text = value;
  if (typeof value === "number") {
    text = Number.isInteger(value) ? `${value}` : value.toExponential(15).replace(/(\d)0*e\+?/, "$1E");
  } else if (typeof value === "boolean") {
    text = `${value}`;
  }
  demand(typeof text === "string", "The credential says something that this check does not read.");
  return quoted(text) + (DATATYPES[term] ? `^^<${DATATYPES[term]}>` : "");
}

/** Write an object as statements [subject, predicate, object]; nodes without an address are numbers. */
function tell(node, subject, told) {
  for (const [term, value] of Object.entries(node)) {
    if (term === "id" || term === "@context" || term === "proof") continue;
    demand(term === "type" || Object.hasOwn(TERMS, term), `The credential has a member “${term}” that this check does not know.`);
    for (const item of [value].flat()) {
      if (term === "type") {
        demand(Object.hasOwn(TYPES, item), `The credential speaks of a “${item}”, which this check does not know.`);
        told.push([subject, RDF_TYPE, `<${TYPES[item]}>`]);
      } else if (item && typeof item === "object") {
        const object = item.id === undefined ? (told.nameless = (told.nameless ?? 0) + 1) : address(item.id);
        demand(typeof subject === "string" || typeof object === "string", "The credential is built as ours are not.");
        told.push([subject, `<${TERMS[term]}>`, object]);
        tell(item, object, told);
      } else {
        told.push([subject, `<${TERMS[term]}>`, ADDRESSES.includes(term) ? address(item) : literal(term, item)]);
      }
    }
  }
  return told;
}

// By code points: JavaScript's own order is by halves of them.
function byCodePoints(one, other) {
  const [left, right] = [[...one], [...other]];
  const at = left.findIndex((letter, place) => letter !== right[place]);
  if (at < 0) return left.length - right.length;
  return at < right.length ? left[at].codePointAt(0) - right[at].codePointAt(0) : 1;
}

/** The canonical statements of a document of ours (RDFC-1.0, for nodes that hang on named ones only). */
export async function statements(document) {
  const told = tell(document, address(document.id), []);
  const write = (statement, name) => `${statement.map((part) => (typeof part === "number" ? name(part) : part)).join(" ")} .\n`;
  const hashes = [];
  for (let node = 1; node <= (told.nameless ?? 0); node += 1) {
    const own = told.filter((statement) => statement.includes(node)).map((statement) => write(statement, () => "_:a"));
    hashes.push([await sha256(own.sort(byCodePoints).join("")), node]);
  }
  // those that look alike come last; which of them is which makes no difference
  const alike = (hash) => hashes.filter(([other]) => other === hash).length > 1;
  hashes.sort(([one], [other]) => alike(one) - alike(other) || byCodePoints(one, other));
  const names = new Map(hashes.map(([, node], at) => [node, `_:c14n${at}`]));
  const lines = new Set(told.map((statement) => write(statement, (node) => names.get(node))));
  return [...lines].sort(byCodePoints).join("");
}

function proofStatements(proof) {
  return [
    `<http://purl.org/dc/terms/created> ${quoted(proof.created)}^^<${MOMENT}>`,
    `${RDF_TYPE} <${SECURITY}DataIntegrityProof>`,
    `<${SECURITY}cryptosuite> ${quoted(proof.cryptosuite)}^^<${SECURITY}cryptosuiteString>`,
    `<${SECURITY}proofPurpose> <${SECURITY}assertionMethod>`,
    `<${SECURITY}verificationMethod> ${address(proof.verificationMethod)}`,
  ]
    .map((statement) => `_:c14n0 ${statement} .\n`)
    .join("");
}

/** Demand that a key which the issuer's document lists signed this document. */
export async function demandSignature(document, did) {
  const [proof, ...others] = [document.proof].flat();
  const issuer = document.issuer?.id ?? document.issuer;
  const fields = "created cryptosuite proofPurpose proofValue type verificationMethod";
  demand(proof && !others.length && Object.keys(proof).sort().join(" ") === fields, "The signature is not in its place.");
  demand(
    proof.type === "DataIntegrityProof" && proof.cryptosuite === "eddsa-rdfc-2022" && proof.proofPurpose === "assertionMethod",
    "The signature is of a kind that we do not make.",
  );
  const contexts = JSON.stringify(document["@context"]);
  demand([[BASE], BADGES].some((ours) => JSON.stringify(ours) === contexts), "The words of the document are not defined as ours are.");
  const method = did.verificationMethod.find(({ id }) => id === proof.verificationMethod);
  demand(
    method && did.id === issuer && did.assertionMethod.includes(method.id) && method.controller === issuer,
    "The key that signed is not one that the provider lists.",
  );
  const multikey = fromBase58(method.publicKeyMultibase.slice(1));
  demand(
    method.id === `${issuer}#${method.publicKeyMultibase}` && same(multikey.slice(0, 2), [0xed, 1]),
    "The provider’s list of keys names a key by another key.",
  );
  const hashes = [proofStatements(proof), await statements(document)].map((text) => digest(bytesOf(text)));
  const genuine = await signed(multikey.slice(2), fromBase58(proof.proofValue.slice(1)), join(...(await Promise.all(hashes))));
  demand(genuine, "The signature does not belong to these words: something was altered after signing.");
}

// ---- The revocation list (W3C Bitstring Status List) ----

async function unpack(encoded) {
  const packed = fromBase64(encoded.slice(1).replaceAll("-", "+").replaceAll("_", "/").padEnd(Math.ceil((encoded.length - 1) / 4) * 4, "="));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const reader = stream.getReader();
  const parts = [];
  let total = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    total += value.length;
    demand(total <= LIST_BYTES, "The revocation list is longer than it may be.");
    parts.push(...value);
  }
  demand(total === LIST_BYTES, "The revocation list is not as long as it must be.");
  return parts;
}

/** Whether the bit is set, in a list that this issuer signed and that is valid now. */
export async function isRevoked(list, { url, index, issuer }, did, now = new Date()) {
  const subject = list.credentialSubject;
  demand(
    list.id === url && list.issuer === issuer && subject?.type === "BitstringStatusList" && subject.statusPurpose === "revocation",
    "This is not the revocation list that the certificate names.",
  );
  await demandSignature(list, did);
  demand(new Date(list.validFrom) <= now && now < new Date(list.validUntil), "The revocation list has run out.");
  let bits;
  try {
    bits = await unpack(subject.encodedList);
  } catch (error) {
    throw error instanceof Disagrees ? error : new Disagrees("The revocation list cannot be unpacked.");
  }
  return Boolean(bits[index >> 3] & (128 >> (index & 7)));
}
