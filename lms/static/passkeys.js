// Passkeys: the browser's half of setting one up and of signing in with it.
// A page holds <div data-passkey="create" or "get" data-options="..."> around the form that takes the answer.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const known = (list) => (list || []).map((entry) => ({ ...entry, id: bytes(entry.id) }));

async function create(options) {
  const made = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: known(options.excludeCredentials),
    },
  });
  return {
    id: made.id,
    rawId: text(made.rawId),
    type: made.type,
    response: {
      attestationObject: text(made.response.attestationObject),
      clientDataJSON: text(made.response.clientDataJSON),
      transports: made.response.getTransports ? made.response.getTransports() : [],
    },
  };
}

async function get(options) {
  const shown = await navigator.credentials.get({
    publicKey: { ...options, challenge: bytes(options.challenge), allowCredentials: known(options.allowCredentials) },
  });
  return {
    id: shown.id,
    rawId: text(shown.rawId),
    type: shown.type,
    response: {
      authenticatorData: text(shown.response.authenticatorData),
      clientDataJSON: text(shown.response.clientDataJSON),
      signature: text(shown.response.signature),
      userHandle: shown.response.userHandle ? text(shown.response.userHandle) : null,
    },
  };
}

const place = document.querySelector("[data-passkey]");
const form = place.querySelector("form");
const trouble = document.getElementById("passkey-trouble");
const ask = place.dataset.passkey === "create" ? create : get;

async function run() {
  trouble.hidden = true;
  try {
    const answer = await ask(JSON.parse(place.dataset.options));
    form.elements.credential.value = JSON.stringify(answer);
    HTMLFormElement.prototype.submit.call(form); // form.submit is the button of that name
  } catch {
    // The browser has told the person why; what is left to say is that they may try again.
    trouble.hidden = false;
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  run();
});
run();
