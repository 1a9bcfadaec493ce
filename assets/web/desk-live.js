// What changes in my work while one looks at it: rows are marked where they stand, and a line in the corner counts them.
// Nothing moves until somebody wants to see it.
const place = document.getElementById("live");
const said = place?.dataset;
const teams = new Set((said?.teams ?? "").split(" ").filter(Boolean));
const changed = new Set();
let asked = false;

const links = (event) => [
  `/desk/complaints/${event.complaint_id}`,
  event.call_back_id && `/desk/call-backs/${event.call_back_id}`,
].filter(Boolean);
const rowsOf = (event) => links(event)
  .flatMap((link) => [...document.querySelectorAll(`.work a[href="${link}"]`)])
  .map((link) => link.closest("tr,li"))
  .filter(Boolean);

function concerns(event) {
  if (event.type.startsWith("presence.")) return false;
  if (rowsOf(event).length > 0) return true;
  const mine = event.owner === said.me;
  const free = !event.owner && teams.has(event.team);
  // What it was before is in a row, if it is on the page.
  return mine || free;
}

function show() {
  if (changed.size === 0 && !asked) {
    place.replaceChildren();
    return;
  }
  const text = said.pieces.replace("%n", changed.size || "…");
  const element = document.createElement("p");
  const button = document.createElement("button");
  button.className = "quiet";
  button.type = "button";
  button.textContent = said.show;
  button.addEventListener("click", renew);
  element.append(text, " ", button);
  place.replaceChildren(element);
}

async function renew() {
  const work = document.querySelector(".work");
  const response = await fetch(location.pathname, { headers: { Accept: "text/html" } });
  if (!response.ok || response.redirected) return location.reload();
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.querySelector(".work");
  if (!fresh) return location.reload();
  const held = work.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  work.replaceChildren(...fresh.childNodes);
  if (held) work.querySelector(`a[href="${held}"]`)?.focus({ preventScroll: true });
  changed.clear();
  asked = false;
  show();
}

if (place) {
  document.addEventListener("hark:event", ({ detail }) => {
    if (!concerns(detail)) return;
    changed.add(detail.complaint_id);
    for (const row of rowsOf(detail)) row.classList.add("is-changed");
    show();
  });
  document.addEventListener("hark:lost", () => {
    asked = true;
    show();
  });
}
