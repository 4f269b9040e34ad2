// The catalogue answers while one types; the address holds the search. Without this the button does the same.
const form = document.getElementById("search");
const results = document.getElementById("results");
const announced = document.getElementById("announced");
const PAUSE = 250;
let timer;
let waiting;

function address() {
  const asked = [...new FormData(form)].filter(([, value]) => value.trim());
  const query = new URLSearchParams(asked).toString();
  return form.action + (query && `?${query}`);
}

async function search() {
  clearTimeout(timer);
  waiting?.abort();
  waiting = new AbortController();
  const url = address();
  try {
    const answer = await fetch(url, { headers: { "X-Part": "results" }, signal: waiting.signal });
    if (!answer.ok) throw new Error(answer.statusText);
    results.innerHTML = await answer.text(); // our own page, from our own address
    history.replaceState(null, "", url);
    announced.textContent = document.getElementById("found").textContent;
  } catch (error) {
    if (error.name !== "AbortError") form.submit();
  }
}

form.addEventListener("input", (event) => {
  clearTimeout(timer);
  timer = setTimeout(search, event.target.matches("input") ? PAUSE : 0);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  search();
});
