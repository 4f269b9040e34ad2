// One question a screen where the screen is narrow; the same form, so what is answered stays when it is widened.
const form = document.getElementById("quiz");
const blocks = [...form.querySelectorAll("[data-item]")];
const overview = document.getElementById("overview");
const lines = [...overview.querySelectorAll("li")];
const review = form.elements.review;
const [back, next] = ["back", "next"].map((name) => form.querySelector(`[data-turn=${name}]`));
const narrow = matchMedia("(max-width: 39.99rem)");
let place = 0;

const wanted = () => blocks.findIndex((block) => `#${block.id}` === location.hash);
const answered = (block) => block.querySelector("input:checked") !== null;

function draw() {
  const paged = narrow.matches;
  const done = blocks.filter(answered).length;
  const unsaved = blocks.findIndex((block) => block.querySelector(".saved-failed"));
  const last = place === blocks.length - 1;
  for (const [at, block] of blocks.entries()) {
    block.hidden = paged && at !== place;
    lines[at].classList.toggle("toc-current", at === place);
    lines[at].querySelector(".muted").textContent = answered(block) ? "Answered" : "No answer yet";
    if (at === place) lines[at].firstElementChild.setAttribute("aria-current", "true");
    else lines[at].firstElementChild.removeAttribute("aria-current");
  }
  overview.hidden = !paged;
  overview.querySelector("summary .muted").textContent =
    unsaved < 0 ? `${done} of ${blocks.length} answered` : `Question ${unsaved + 1} is not saved`;
  back.hidden = !paged || place === 0;
  next.hidden = !paged || last;
  form.elements.save.hidden = paged;
  review.hidden = paged && !last && done < blocks.length;
  next.classList.toggle("button-primary", review.hidden);
  next.classList.toggle("button-secondary", !review.hidden);
}

// Whoever turned by a button or a line hears the question and tabs on from it; the address keeps the place.
function turn(to, { focus = true } = {}) {
  place = Math.min(Math.max(to, 0), blocks.length - 1);
  history.replaceState(null, "", `#${blocks[place].id}`);
  overview.querySelector("details").open = false;
  draw();
  overview.scrollIntoView();
  if (focus) blocks[place].querySelector("fieldset").focus({ preventScroll: true });
}

for (const block of blocks) block.querySelector("fieldset").tabIndex = -1;
back.addEventListener("click", () => turn(place - 1));
next.addEventListener("click", () => turn(place + 1));
overview.querySelector("nav").addEventListener("click", (event) => {
  const line = event.target.closest("li");
  if (!line) return;
  event.preventDefault();
  turn(lines.indexOf(line));
});
addEventListener("hashchange", () => {
  if (narrow.matches && wanted() >= 0) turn(wanted());
});
form.addEventListener("turn", (event) => turn(event.detail, { focus: false })); // asked by the keys
form.addEventListener("focusin", (event) => {
  const here = blocks.findIndex((block) => block.contains(event.target));
  if (here >= 0) place = here;
});
form.addEventListener("change", draw);
form.addEventListener("told", draw);
narrow.addEventListener("change", () => {
  draw();
  blocks[place].scrollIntoView();
});
addEventListener("pageshow", draw); // the browser may have put answers back
if (narrow.matches && wanted() >= 0) turn(wanted());
else draw();
