// Shows a lesson as it is typed. Without this script the button "Preview" does the same.
const box = document.getElementById("preview");
const text = document.querySelector("textarea[data-preview]");
let waiting;
let asked = 0;

async function refresh() {
  const number = ++asked;
  const body = new FormData();
  body.set("body", text.value);
  body.set("csrf_token", text.form.elements.csrf_token.value);
  try {
    const answer = await fetch(box.dataset.address, { method: "POST", body });
    // A slow answer must not replace a newer one; a failed one leaves what is there.
    if (answer.ok && number === asked) box.innerHTML = await answer.text();
  } catch {
    // Offline: the text is still in the form.
  }
}

if (box && text) {
  text.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(refresh, 400);
  });
  // Nothing typed is lost by a wrong click.
  const saved = text.value;
  let leaving = false;
  text.form.addEventListener("submit", () => { leaving = true; });
  addEventListener("beforeunload", (event) => {
    if (!leaving && text.value !== saved) event.preventDefault();
  });
}
