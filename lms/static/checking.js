// Checks the page of a certificate in the browser, step by step, with what anybody may fetch. Without it the page says
// all it has to say; with it, a page that says something else than the log, the signature or the list is told so.
import { able, demand, demandGrowth, demandInclusion, demandSignature, Disagrees, fromBase64, isRevoked, openCheckpoint, readEntry, sha256 } from "./proof.js";

const place = document.querySelector("[data-proof]");
const told = place.querySelector("[data-told]");
const list = place.querySelector("ol");
const model = place.querySelector("template");
const verdict = document.querySelector(".verdict");
const { state, zone } = place.dataset;
const REMEMBERED = "credence-log";
const STATES =
  "AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware|DC District of Columbia|" +
  "FL Florida|GA Georgia|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|KS Kansas|KY Kentucky|LA Louisiana|ME Maine|" +
  "MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|MS Mississippi|MO Missouri|MT Montana|NE Nebraska|NV Nevada|" +
  "NH New Hampshire|NJ New Jersey|NM New Mexico|NY New York|NC North Carolina|ND North Dakota|OH Ohio|OK Oklahoma|" +
  "OR Oregon|PA Pennsylvania|RI Rhode Island|SC South Carolina|SD South Dakota|TN Tennessee|TX Texas|UT Utah|VT Vermont|" +
  "VA Virginia|WA Washington|WV West Virginia|WI Wisconsin|WY Wyoming|AS American Samoa|GU Guam|" +
  "MP Northern Mariana Islands|PR Puerto Rico|VI U.S. Virgin Islands";
const JURISDICTIONS = { US: "National certification" };
for (const row of STATES.split("|")) JURISDICTIONS[`US-${row.slice(0, 2)}`] = row.slice(3);

/** Something that could not be had; that is no disagreement. */
class Missing extends Error {}

// ---- What a credential says, in the words of the page ----

const day = (text) => {
  const [year, month, date] = text.split("-").map(Number);
  return `${date} ${new Date(Date.UTC(year, month - 1)).toLocaleString("en-US", { month: "long", timeZone: "UTC" })} ${year}`;
};
const moment = (text) => {
  const options = { year: "numeric", month: "long", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const parts = new Intl.DateTimeFormat("en-US", { ...options, timeZone: zone }).formatToParts(new Date(text));
  const { year, month, day: date, hour, minute } = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  return `${date} ${month} ${year}, ${hour}:${minute}`;
};
const hours = (text, unit) => `${text} ${unit}${text === "1" ? "" : "s"}`;
const MEANT = { "\\\\": "\\", "\\·": "·", "\\|": "\n", "\\/": "\r" };
const split = (text = "") => text.split(" · ").map((part) => part.replace(/\\[\\·|/]/g, (found) => MEANT[found]));

function named(narrative) {
  const found = {};
  for (const line of narrative.split("\n")) {
    const [, name, text] = /^- ([A-Z][a-z ]*): (.*)$/.exec(line) ?? [];
    demand(name, "The signed document is not written as ours are.");
    (found[name] ??= []).push(text);
  }
  return found;
}

/** The lines of the page that this credential stands for: [term, text], in order. */
function linesOf({ credentialSubject: subject, issuer, evidence }) {
  const { achievement } = subject;
  const criteria = named(achievement.criteria.narrative);
  const facts = named(evidence[0].narrative);
  const [holder, ...licenses] = subject.identifier;
  const described = Object.fromEntries((achievement.resultDescription ?? []).map((item) => [item.id, item]));
  const earned = Object.fromEntries((subject.result ?? []).map((item) => [item.resultDescription, item.value]));
  const one = (name) => split(facts[name][0])[0];
  const lines = [["Name", holder.identityHash]];
  const written = licenses.map((row) => {
    const [number, credential = "", jurisdiction = ""] = split(row.identityHash);
    const again = credential && number.startsWith(credential) && !/^\p{L}/u.test(number.slice(credential.length));
    return `${JURISDICTIONS[jurisdiction] ?? jurisdiction} ${again ? number : `${credential} ${number}`}`;
  });
  if (written.length) lines.push([written[1] ? "Licenses" : "License", written.join(" ")]);
  lines.push(["Module", achievement.name], ["Module number", `${achievement.humanCode ?? ""}, edition ${achievement.version}`]);
  const bodies = achievement.alignment ?? [];
  for (const [at, body] of bodies.entries()) {
    const id = `${achievement.id}#credit-${at + 1}`;
    const [approval, ...also] = described[id].alignment.map((item) => item.targetName);
    const unit = described[id].name.replace(/s$/, "");
    const topics = Object.values(described).filter((item) => item.id.startsWith(`${id}-topic-`));
    const [from, to] = approval.split("/");
    lines.push([
      body.targetName,
      hours(earned[id], unit) +
        (topics.length ? `: ${topics.map((topic) => `${topic.name} ${hours(earned[topic.id], unit)}`).join(", ")}` : "") +
        (also.length ? ` Also qualifies as: ${also.join(", ")}` : "") +
        ` Provider number ${body.targetCode ?? ""}, approved ${day(from)} to ${day(to)}`,
    ]);
  }
  const websites = (issuer.otherIdentifier ?? []).filter((item) => item.identifierType === "ext:website");
  const provider = [issuer.name, issuer.address?.streetAddress, issuer.phone, issuer.email, ...websites.map((item) => item.identifier)];
  const authors = (criteria.Author ?? []).map((text) => split(text)).map(([name, letters = ""]) => `${name}, ${letters}`);
  const [signatory, title = ""] = split(issuer.official);
  const again = facts["Replaces an earlier certificate"][0] === "yes" ? "; replaces an earlier certificate" : "";
  lines.push(
    ["Completed", `${day(subject.activityEndDate.slice(0, 10))} (${one("Time zone of the day of completion")})`],
    ["Format", split(criteria.Delivery[0])[0]],
    ["Location", split(criteria.Location[0])[0]],
    [authors[1] ? "Authors" : "Author", authors.join(" ")],
    ["Provider", provider.join(" ")],
    ...bodies.map((body) => ["Approval statement", body.targetDescription]),
    ["Signed by", `${signatory}, ${title}`],
    ["Issued", moment(facts.Issued[0]) + again],
    ["Certificate code", one("Code").match(/.{1,4}/g).join(" ")],
  );
  return { lines, notice: one("Notice"), issued: moment(facts.Issued[0]), provider: issuer.name };
}

const plain = (text) => `${text ?? ""}`.replace(/\s+/g, " ").trim();

function shown(node) {
  const copy = node.cloneNode(true);
  for (const end of copy.querySelectorAll("br")) end.replaceWith(" ");
  return plain(copy.textContent);
}

function comparePage(credential) {
  const said = linesOf(credential);
  const rows = [...document.querySelectorAll("main > .facts > div")];
  const differ = (term, page, issued) =>
    demand(page === issued, `“${term}” is shown as “${page || "nothing"}”, and what was signed is “${issued || "nothing"}”.`);
  for (const [at, [term, text]] of said.lines.entries()) {
    const row = rows[at];
    demand(row, `“${plain(term)}” was signed, and this page does not show it.`);
    differ(plain(term), shown(row.querySelector("dt")), plain(term));
    // the letters of a time zone are the server's, the hour before them is not
    const value = shown(row.querySelector("dd")).replace(term === "Issued" ? /(\d\d:\d\d) [^\s;]+/ : /$^/, "$1");
    differ(plain(term), value, plain(text));
  }
  demand(rows.length === said.lines.length, "This page shows more than was signed.");
  const notices = [...document.querySelectorAll("main > .notice .notice-title")].map((node) => node.lastChild.textContent);
  demand(notices.map(plain).includes(plain(said.notice)) || !said.notice, "A notice was signed that this page does not show.");
  if (state === "valid") {
    const words = shown(verdict.querySelector("p"));
    demand(
      words.startsWith(plain(`Issued by ${said.provider} on ${said.issued.split(",")[0]}; not revoked as of`)),
      "The sentence at the top says something else than was signed.",
    );
  }
  return said.lines.length;
}

// ---- Fetching ----

async function have(path) {
  let answer;
  try {
    answer = await fetch(path, { cache: "no-store", credentials: "same-origin" });
  } catch {
    throw new Missing("What this step needs could not be fetched. Is there a connection?");
  }
  if (!answer.ok) throw new Missing(`What this step needs could not be had: the server answered ${answer.status}.`);
  return answer.json();
}

const didPath = (did) => `/${did.split(":").slice(3).join("/") || ".well-known"}/did.json`;

// ---- The steps ----

const found = {};

function remembered() {
  try {
    const { vkeys, size, root } = JSON.parse(localStorage.getItem(REMEMBERED));
    return { vkeys, size, root: fromBase64(root) };
  } catch {
    return null;
  }
}

const before = remembered();

const signedState = {
  title: "The log is signed",
  async run() {
    const address = new URL(place.dataset.proof, location.href);
    address.searchParams.set("since", before?.size ?? 0);
    Object.assign(found, await have(address));
    const known = !before || before.vkeys.some((vkey) => found.vkeys.includes(vkey));
    demand(known, "The log’s key is another than the one this browser knew, and the old one is not listed any more.");
    found.head = await openCheckpoint(found.checkpoint, found.vkeys);
    const [name, id] = found.head.vkey.split("+");
    return `${found.head.size} entries, signed with key ${id} of ${name}. Whether that is the right key, only a copy on paper can tell.`;
  },
};

const onlyGrown = {
  title: before ? "The log has only grown" : "The log is remembered from now on",
  async run() {
    if (!before) return "This browser looks for the first time; its next check shows whether anything was taken back.";
    await demandGrowth(before, found.head, found.growth ?? []);
    return `It begins with all ${before.size} entries that this browser saw when it looked before.`;
  },
};

const entryStands = {
  title: "The issue stands in the log",
  async run() {
    demand(found.entries.length > 0, "The log does not know this certificate.");
    found.told = [];
    for (const proven of found.entries) {
      await demandInclusion(proven, found.head);
      found.told.push(readEntry(proven.entry));
    }
    const [issue, ...later] = found.told;
    demand(issue.kind === "issue" && later.every(({ kind }) => kind !== "issue"), "The log’s entries about this certificate are not in order.");
    found.hashes = new Set([issue.sha256]);
    for (const { kind, sha256: own, detail } of later) {
      // signed anew: the entry names the new document, and in its detail the one whose place it took
      demand(found.hashes.has(kind === "reissue" ? detail : own), "An entry of the log is about another certificate.");
      found.hashes.add(own);
    }
    return `Entry ${found.entries[0].index}, written ${moment(issue.at)}. It cannot be changed or dated back without changing the signed state.`;
  },
};

const sameBytes = {
  title: "The certificate is the one in the log",
  async run() {
    const hash = await sha256(found.credential);
    demand(found.hashes.has(hash), "The document is not the one that was logged when the certificate was issued: it was altered.");
    return `Its SHA-256 is the logged one, ${hash.slice(0, 16)}…; one changed letter would give another.`;
  },
};

const providerSigned = {
  title: "The provider signed it",
  async run() {
    found.document = JSON.parse(found.credential);
    const { issuer, credentialStatus: status } = found.document;
    demand(
      issuer.id === found.issuer && status.statusListCredential === found.status.list && Number(status.statusListIndex) === found.status.index,
      "The server names another provider or another revocation list than the signed document does.",
    );
    found.did = await have(didPath(found.issuer));
    if (place.dataset.struck) throw new Missing("The key that signed it is struck from the provider’s list, as the page says; the log alone vouches until it is signed anew.");
    await demandSignature(found.document, found.did);
    return `The signature fits these words and a key that ${found.issuer} lists today. Who is behind a key, a signature cannot say.`;
  },
};

const pageAgrees = {
  title: "This page says what was signed",
  async run() {
    return `${comparePage(found.document)} lines compared with the signed document, letter by letter.`;
  },
};

const withheld = {
  title: "The certificate itself",
  async run() {
    throw new Missing("Not checked here: the holder keeps it back, so what this page says about it is our word. A link that the holder shares opens it, and this check with it.");
  },
};

const listAgrees = {
  title: "The revocation list agrees",
  async run() {
    found.did ??= await have(didPath(found.issuer));
    const served = await have(new URL(found.status.list).pathname);
    const revoked = await isRevoked(served, { url: found.status.list, index: found.status.index, issuer: found.issuer }, found.did);
    const reasons = found.told.filter(({ kind }) => kind === "revoke").map(({ detail }) => detail);
    demand(revoked === reasons.length > 0, `The revocation list says ${revoked ? "revoked" : "not revoked"}, the log does not.`);
    const really = !revoked ? "valid" : reasons.includes("replaced") ? "replaced" : "revoked";
    demand(state === really && shown(verdict.querySelector("h1")).toLowerCase() === really, `This page says ${state}; list and log say ${really}.`);
    return `${revoked ? "It is marked as revoked" : "It is not marked as revoked"} in the list that the provider signed, good until ${moment(served.validUntil)}.`;
  },
};

function draw(node, icon) {
  node.querySelector("svg").setAttribute("class", `icon icon-${icon}`);
  const use = node.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${icon}`));
}

function begin(step) {
  const item = model.content.firstElementChild.cloneNode(true);
  item.querySelector("strong").textContent = step.title;
  list.append(item);
  return (icon, state, words) => {
    draw(item, icon);
    item.className = `check-${state}`;
    item.querySelector("[data-words]").textContent = words;
  };
}

async function take(step) {
  const show = begin(step);
  try {
    show("check", "good", await step.run());
    return "good";
  } catch (error) {
    if (error instanceof Missing) {
      show("question", "open", error.message);
      return "open";
    }
    show("cross", "danger", error instanceof Disagrees ? error.message : "What the server sent cannot be read as a proof.");
    return "danger";
  }
}

/** Never a green page over a red step. */
function withdraw(words) {
  verdict.className = "verdict verdict-cannot_check";
  draw(verdict, "caution");
  verdict.querySelector("h1").textContent = "Does not agree";
  const sentence = verdict.querySelector("p");
  sentence.setAttribute("role", "alert");
  sentence.textContent = `The server calls this certificate ${state}, but the check in your browser does not agree. ${words} Do not rely on this page.`;
}

async function check() {
  told.textContent = "Checking …";
  list.hidden = false;
  const results = [await take(signedState)];
  const rest = [onlyGrown, entryStands, ...(found.credential ? [sameBytes, providerSigned, pageAgrees] : [withheld]), listAgrees];
  if (found.head) for (const step of rest) results.push(await take(step));
  const bad = list.querySelector(".check-danger [data-words]");
  const good = results.filter((result) => result === "good").length;
  const open = results.filter((result) => result === "open").length;
  if (bad) {
    withdraw(bad.textContent);
    told.textContent = "Your browser does not agree with this page. The step in red says why.";
  } else if (open) {
    told.textContent = `${good} steps agree, ${open === 1 ? "one" : open} could not be checked. The answer at the top is the server’s.`;
  } else {
    told.textContent = `All ${good} steps agree. Your browser checked them itself.`;
    remember();
  }
  place.dataset.done = bad ? "danger" : open ? "open" : "good";
}

function remember() {
  const root = btoa(String.fromCharCode(...found.head.root));
  try {
    localStorage.setItem(REMEMBERED, JSON.stringify({ vkeys: found.vkeys, size: found.head.size, root }));
  } catch {
    // a browser that keeps nothing looks for the first time each time
  }
}

if (await able()) {
  await check();
} else {
  told.textContent = "This browser cannot check Ed25519 signatures; a current Chrome, Firefox, or Safari over https can. The answer above is the server’s.";
  place.dataset.done = "unable";
}
