// Who else is at this complaint, and what they change: said in a corner of the page, which stays as it is. Nothing that
// somebody types is touched.
const place = document.getElementById("live");
const said = place.dataset;
const presence = `/api/v1/complaints/${said.complaint}/presence`;
const AGAIN = 30_000;
const WRITING = 60_000;
const AWAKE = 300_000;
let touched = Date.now();
let typed = -Infinity;
let doing = null;
let others = [];
let changed = null;

function line(text, name) {
  const element = document.createElement("p");
  if (name) element.className = name;
  element.append(text);
  return element;
}

// Colleagues by name, as the page offers them to choose from.
function called(handle) {
  return [...document.querySelectorAll("#people option")].find((one) => one.textContent === handle)?.value ?? handle;
}

function show() {
  const lines = others.map(({ name, doing }) =>
    line((doing === "writing" ? said.writes : said.looks).replace("%s", called(name)), doing));
  if (changed !== null) {
    const element = line(said.changed.replace("%s", called(changed)), "changed");
    const button = document.createElement("button");
    button.className = "quiet";
    button.type = "button";
    button.textContent = said.show;
    // What is typed is kept first, and put back by the page.
    button.addEventListener("click", async () => {
      await Promise.allSettled([...(window.harkKeeping?.() ?? [])]);
      location.reload();
    });
    element.append(" ", button);
    lines.push(element);
  }
  // Only when it says something else: who listens to the page does not hear it twice.
  if (lines.map((one) => one.textContent).join() !== [...place.children].map((one) => one.textContent).join()) {
    place.replaceChildren(...lines);
  }
}

async function look() {
  try {
    const response = await fetch(presence);
    if (!response.ok) return;
    others = (await response.json()).filter((one) => !one.own);
    show();
  } catch {
    // The next event asks again.
  }
}

function send(method, body, more) {
  const headers = { "X-CSRF-Token": said.csrf };
  if (body) headers["Content-Type"] = "application/json";
  return fetch(presence, { method, headers, body: body && JSON.stringify(body), ...more });
}

async function stay() {
  // A page that nobody touches does not hold the session open.
  if (document.visibilityState !== "visible" || Date.now() - touched > AWAKE) return;
  doing = Date.now() - typed < WRITING ? "writing" : "looking";
  try {
    await send("PUT", { doing });
  } catch {
    // In half a minute again.
  }
}

function touch() {
  const slept = Date.now() - touched > AWAKE;
  touched = Date.now();
  if (slept) stay();
}

document.addEventListener("hark:event", ({ detail }) => {
  if (detail.complaint_id !== said.complaint) return;
  if (detail.type.startsWith("presence.")) {
    if (detail.by !== said.me) look();
  } else if ((detail.version ?? 0) > Number(said.version)) {
    changed = detail.by;
    show();
  }
});
document.addEventListener("hark:lost", look);
for (const name of ["pointerdown", "keydown", "scroll"]) addEventListener(name, touch, { passive: true, capture: true });
document.addEventListener("input", (event) => {
  if (!event.target.closest("form[method=post]")) return;
  const begins = doing !== "writing";
  typed = Date.now();
  if (begins) stay();
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") touch();
});
addEventListener("pagehide", () => send("DELETE", null, { keepalive: true }));
setInterval(stay, AGAIN);
setInterval(look, AGAIN);
await stay();
await look();
