// Saves each answer as it is given and says so; without this script the button "Save my answers" does the same.
const form = document.getElementById("quiz");
const status = document.getElementById("quiz-status");
const waiting = new Map();
const RETRY = 5000;

function say(block, text, failed = false) {
  const place = block.querySelector("[data-saved]");
  place.textContent = text;
  place.classList.toggle("saved-failed", failed);
  status.textContent = text;
  form.dispatchEvent(new Event("told"));
}

// One request at a time for each question: an older answer never overtakes a newer one.
async function save(block) {
  const item = block.dataset.item;
  if (waiting.has(item)) {
    waiting.set(item, "again");
    return;
  }
  waiting.set(item, "sending");
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (name === `item-${item}`) fields.append(name, value);
  }
  let later = 0;
  try {
    const answer = await fetch(`${form.dataset.url}/${item}`, {
      method: "POST",
      headers: { "X-CSRFToken": form.elements.csrf_token.value, Accept: "application/json" },
      body: fields,
      credentials: "same-origin",
      keepalive: true,
    });
    const json = answer.headers.get("Content-Type")?.startsWith("application/json");
    const told = json ? await answer.json() : {};
    if (answer.ok && json) say(block, `Saved ${told.saved}`);
    else if (told.error) say(block, `Not saved. ${told.error}`, true);
    else if (answer.status >= 500) later = RETRY;
    else say(block, "Not saved. Reload the page; you may have been signed out.", true);
  } catch {
    later = RETRY;
  }
  if (later) say(block, "Not saved yet. Trying again.", true);
  const again = waiting.get(item) === "again";
  waiting.delete(item);
  if (again) save(block);
  else if (later) setTimeout(() => save(block), later);
}

form.addEventListener("change", (event) => save(event.target.closest("[data-item]")));
