// Single keys in a lesson and in a test, said in a dialog and switched off there; nothing here is the only way.
const dialog = document.getElementById("shortcuts");
const opener = document.getElementById("shortcuts-open");
const choice = document.getElementById("shortcuts-on");
const quiz = document.getElementById("quiz");
const STORED = "shortcuts";

// A browser that keeps nothing keeps the shortcuts on.
const memory = {
  read() {
    try {
      return localStorage.getItem(STORED) !== "off";
    } catch {
      return true;
    }
  },
  write(on) {
    try {
      if (on) localStorage.removeItem(STORED);
      else localStorage.setItem(STORED, "off");
    } catch {
      // The choice holds until the page is left.
    }
  },
};

const press = (selector) => document.querySelector(selector)?.click();

function openContents() {
  const folded = document.querySelector(".toc-switch");
  if (folded?.offsetParent) folded.open = true;
  document.querySelector(".toc [aria-current], .toc a")?.focus();
}

// ---- A test ----

const blocks = quiz ? [...quiz.querySelectorAll("[data-item]")] : [];
let last = -1;

function current() {
  const paged = blocks.some((block) => block.hidden);
  const here = blocks.findIndex((block) => (paged ? !block.hidden : block.contains(document.activeElement)));
  if (here >= 0) last = here;
  return last;
}

function goTo(place) {
  const at = Math.min(Math.max(place, 0), blocks.length - 1);
  const block = blocks[at];
  if (block?.hidden) quiz.dispatchEvent(new CustomEvent("turn", { detail: at }));
  (block?.querySelector("input:checked") ?? block?.querySelector("input[type=radio], input[type=checkbox]"))?.focus();
  block?.scrollIntoView({ block: "nearest" });
}

function choose(number) {
  const here = Math.max(current(), 0);
  const option = blocks[here]?.querySelectorAll("input[type=radio], input[type=checkbox]")[number];
  option?.focus();
  option?.click();
}

// ---- Keys ----

const LESSON = {
  n: () => press(".lesson-nav [rel=next], .lesson-nav .post button"),
  p: () => press(".lesson-nav [rel=prev]"),
  t: openContents,
};
LESSON.ArrowRight = LESSON.n;
LESSON.ArrowLeft = LESSON.p;

const QUIZ = {
  j: () => goTo(current() + 1),
  k: () => goTo(current() - 1),
  r: () => press("#quiz button[name=review]"),
};
for (let number = 0; number < 9; number += 1) QUIZ[number + 1] = () => choose(number);
for (const [number, letter] of [..."abcdefgh"].entries()) QUIZ[letter] = () => choose(number);

const actions = quiz ? QUIZ : LESSON;

// Where a key has a meaning of its own: typing, lists, players, and what the arrows scroll or move.
const TYPING = "input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]";
const ARROWS = "input, summary, video, audio, [tabindex='0']";

function onKey(event) {
  if (!choice.checked || dialog.open || event.defaultPrevented || event.repeat || event.isComposing) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest(TYPING)) return;
  if (event.key.startsWith("Arrow") && event.target.closest(ARROWS)) return;
  if (event.key === "?") {
    event.preventDefault();
    dialog.showModal();
    return;
  }
  const action = event.shiftKey ? undefined : actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!action) return;
  event.preventDefault();
  action();
}

choice.checked = memory.read();
choice.addEventListener("change", () => memory.write(choice.checked));
opener.addEventListener("click", () => dialog.showModal());
opener.hidden = false;
addEventListener("keydown", onKey);
