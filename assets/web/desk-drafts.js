// Keeps what is typed into the forms of a complaint with the service until it is sent. The page puts it back.
const place = document.getElementById("live");
const drafts = `/api/v1/complaints/${place.dataset.complaint}/drafts/`;
const CARRIED = ["csrf_token", "form_key", "version", "seen", "deed", "back", "write-text", "beside"];
// What the page put back is typed too, as long as nobody threw it away.
const back = new Set(document.getElementById("put-back")?.dataset.names.split(" ") ?? []);
const waiting = new Map();

function kindOf(form) {
  const deed = form.elements.namedItem("deed")?.value;
  if (deed === "steps") return "step";
  if (deed === "close") return "close";
  if (deed !== "write") return null;
  return form.elements.namedItem("write-direction").value === "internal" ? "note" : "message";
}

// Every form of the kind: a draft of steps is for all of them. Only what differs from the page as it came.
function typedOf(kind) {
  const typed = new Map();
  for (const form of document.querySelectorAll("form[method=post]")) {
    if (kindOf(form) !== kind) continue;
    const fields = [...form.elements].filter((field) => field.name && !CARRIED.includes(field.name) && field.type !== "submit");
    const differs = (field) => field.tagName === "SELECT"
      ? [...field.options].some((option) => option.selected !== option.defaultSelected)
      : field.type === "checkbox" || field.type === "radio"
        ? field.checked !== field.defaultChecked
        : field.value !== field.defaultValue;
    for (const field of fields) {
      const chosen = !["checkbox", "radio"].includes(field.type) || field.checked;
      if (chosen && field.value && (differs(field) || back.has(field.name))) typed.set(field.name, field.value);
    }
    if (typed.has("write-body")) typed.set("write-direction", form.elements.namedItem("write-direction")?.value ?? "out");
  }
  // A direction alone is nothing.
  if (!typed.has("write-body")) typed.delete("write-direction");
  return typed.size ? JSON.stringify(Object.fromEntries(typed)) : null;
}

function send(kind, method, body) {
  const headers = { "X-CSRF-Token": place.dataset.csrf };
  if (body) headers["Content-Type"] = "application/json";
  const text = body && JSON.stringify(body);
  // A browser sends no more than that once the page is gone.
  const keepalive = (text?.length ?? 0) < 15_000;
  return fetch(drafts + kind, { method, headers, body: text, keepalive });
}

async function keep(kind) {
  clearTimeout(waiting.get(kind));
  waiting.delete(kind);
  const typed = typedOf(kind);
  const based_on = Number(place.dataset.version);
  try {
    await (typed ? send(kind, "PUT", { typed, based_on }) : send(kind, "DELETE"));
    place.dataset.kept = kind;
  } catch {
    // The next key tries again.
  }
}

const keepAll = () => [...waiting.keys()].map(keep);
window.harkKeeping = keepAll;

if (place.dataset.keeps === "true") {
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[method=post]");
    const kind = form && kindOf(form);
    if (!kind) return;
    // A note that becomes a message is no note any more.
    const kinds = event.target.name === "write-direction" ? ["note", "message"] : [kind];
    for (const one of kinds) {
      clearTimeout(waiting.get(one));
      waiting.set(one, setTimeout(() => keep(one), 800));
    }
  });
  // What is being sent is no draft any more; what stands in other forms of its kind goes along, to be kept.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const kind = kindOf(form);
    clearTimeout(waiting.get(kind));
    waiting.delete(kind);
    if (kind !== "step") return;
    const typed = Object.entries(JSON.parse(typedOf(kind) ?? "{}")).filter(([name]) => !form.elements.namedItem(name));
    form.querySelector("input[name=beside]")?.remove();
    if (!typed.length) return;
    const beside = Object.assign(document.createElement("input"), { type: "hidden", name: "beside" });
    beside.value = JSON.stringify(Object.fromEntries(typed));
    form.append(beside);
  });
  addEventListener("pagehide", keepAll);
}

const forget = document.querySelector("[data-forget]");
if (forget) {
  forget.hidden = false;
  forget.addEventListener("click", async () => {
    for (const timer of waiting.values()) clearTimeout(timer);
    waiting.clear();
    await Promise.allSettled(["message", "note", "step", "close"].map((kind) => send(kind, "DELETE")));
    location.reload();
  });
}
