// Moves the bar of long work and shows the result when it is there. Without it, "Look again" does the same.
const place = document.querySelector("[data-progress]");
const bar = place.querySelector("progress");
const text = place.querySelector(".meter-text");

async function look() {
  try {
    const answer = await fetch(place.dataset.progress, { credentials: "same-origin" });
    if (answer.ok) {
      const { done, total, finished } = await answer.json();
      if (finished) return location.reload();
      bar.max = total || 1;
      bar.value = done;
      text.textContent = `${done} of ${total}`;
    }
  } catch {
    // The next look asks again.
  }
  setTimeout(look, 1000);
}

setTimeout(look, 1000);
