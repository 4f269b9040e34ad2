// Tells the server every few seconds that a lesson is on the screen. The server's clock counts, not ours.
const { url, seconds, token } = document.getElementById("heartbeat").dataset;
let timer = null;

async function beat(fields = {}) {
  try {
    await fetch(url, {
      method: "POST",
      headers: { "X-CSRFToken": token },
      body: new URLSearchParams(fields),
      credentials: "same-origin",
      keepalive: true,
    });
  } catch {
    // Nothing depends on a single beat: the next one counts again.
  }
}

function begin() {
  if (timer !== null || document.visibilityState !== "visible") return;
  beat({ begins: "1" });
  timer = setInterval(beat, seconds * 1000);
}

function stop() {
  if (timer === null) return;
  clearInterval(timer);
  timer = null;
  beat();
}

document.addEventListener("visibilitychange", () => (document.visibilityState === "visible" ? begin() : stop()));
addEventListener("pagehide", stop);
addEventListener("pageshow", begin);
begin();
