// Keeps the figures of a page up to date: fetches the page again and puts in what has changed, part by part. A part that
// somebody is in, or has selected words of, waits. What is old is said to be.
const EVERY = 30_000;
const stale = document.getElementById("stale");
let fresh = new Date();

function busy(part) {
  const selection = getSelection();
  return part.contains(document.activeElement) || (!selection.isCollapsed && selection.containsNode(part, true));
}

function take(next) {
  for (const part of document.querySelectorAll("[data-live][id]")) {
    const other = next.getElementById(part.id);
    if (!other || busy(part)) continue;
    if (other.innerHTML === part.innerHTML && other.className === part.className) continue;
    part.className = other.className;
    part.replaceChildren(...other.childNodes);
  }
}

function tell(lost) {
  document.body.classList.toggle("old", lost);
  stale.hidden = !lost;
  const at = fresh.toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
  stale.textContent = lost ? stale.dataset.words.replace("%s", at) : "";
}

async function look() {
  if (document.hidden) return;
  try {
    const answer = await fetch(location.href, { signal: AbortSignal.timeout(20_000), redirect: "error" });
    if (!answer.ok) throw new Error(answer.statusText);
    take(new DOMParser().parseFromString(await answer.text(), "text/html"));
    fresh = new Date();
    tell(false);
  } catch {
    tell(true);
  }
}

setInterval(look, Number(document.body.dataset.every) || EVERY);
document.addEventListener("visibilitychange", look);
addEventListener("offline", () => tell(true));
addEventListener("online", look);
