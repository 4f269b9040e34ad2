// Asks the script of the verify page, outside of any browser: node proof.mjs question.json
// Prints, in order, what it made of documents, signatures, log entries and growth.
import fs from "node:fs";
import * as proof from "./proof_script.mjs";

const { documents, did, vkey, entries, growths } = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));

async function tries(check) {
  try {
    await check();
    return "";
  } catch (error) {
    return error instanceof proof.Disagrees ? error.message : `crashed: ${error.stack}`;
  }
}

const told = { statements: [], signatures: [], entries: [], growths: [] };
for (const document of documents) {
  told.statements.push(await proof.statements(document).catch((error) => error.message));
  told.signatures.push(await tries(() => proof.demandSignature(document, did)));
}
for (const { checkpoint, ...entry } of entries) {
  told.entries.push(await tries(async () => proof.demandInclusion(entry, await proof.openCheckpoint(checkpoint, [vkey]))));
}
for (const { old, now, growth } of growths) {
  const state = ({ size, root }) => ({ size, root: proof.fromBase64(root) });
  told.growths.push(await tries(() => proof.demandGrowth(state(old), state(now), growth)));
}
console.log(JSON.stringify(told));
