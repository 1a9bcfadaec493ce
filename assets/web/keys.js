// Everything on the desk by keyboard: whatever names a key (data-key) is one press away, "?" shows them all, and
// Ctrl+Enter sends the form that one is in.
const words = document.getElementById("keys")?.dataset ?? {};
const typing = (element) =>
  element.matches?.("input:not([type=radio],[type=checkbox]),textarea,select,[contenteditable]");
const visible = (element) => element.checkVisibility?.() ?? element.offsetParent !== null;
const label = (element) => element.dataset.says || element.placeholder || element.labels?.[0]?.textContent || element.textContent;
const named = () => [...document.querySelectorAll("[data-key]")].filter(visible);
const everywhere = { n: ["/desk/new", words.new], g: ["/desk", words.desk], "/": ["/desk/search", words.search] };

for (const element of document.querySelectorAll("[data-key]")) {
  element.setAttribute("aria-keyshortcuts", element.dataset.key);
  element.title ||= element.dataset.key;
}

function use(element) {
  if (element.matches("input,textarea,select")) {
    element.focus();
    return;
  }
  if (!element.matches("summary")) {
    element.click();
    return;
  }
  // A key leads there; it does not fold away what somebody works on.
  const details = element.parentElement;
  details.open = true;
  const within = [...details.querySelectorAll("input:not([type=hidden]),textarea,select,button,summary")];
  (within.find((one) => one !== element && visible(one)) ?? element).focus();
  element.scrollIntoView({ block: "nearest" });
}

function help() {
  const dialog = document.createElement("dialog");
  const title = document.createElement("h2");
  title.textContent = words.title;
  const list = document.createElement("dl");
  const add = (key, what) => {
    const term = document.createElement("dt");
    const kbd = document.createElement("kbd");
    kbd.textContent = key;
    term.append(kbd);
    const told = document.createElement("dd");
    told.textContent = what;
    list.append(term, told);
  };
  const seen = new Set();
  for (const element of named()) {
    if (seen.has(element.dataset.key)) continue;
    seen.add(element.dataset.key);
    add(element.dataset.key, label(element).replace(/[▶○✓★☆]/g, "").trim());
  }
  for (const [key, [, what]] of Object.entries(everywhere)) if (!seen.has(key)) add(key, what);
  if (document.querySelector("[data-tick]")) {
    add("x", words.tickOne);
    add("Shift+x", words.tickAll);
  }
  add("Ctrl+Enter", words.save);
  add("Esc", words.leave);
  add("?", words.help);
  const form = document.createElement("form");
  form.method = "dialog";
  const close = document.createElement("button");
  close.className = "button second";
  close.textContent = words.close;
  form.append(close);
  dialog.append(title, list, form);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

addEventListener("keydown", (event) => {
  const active = document.activeElement;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const form = active?.closest("form") ?? document.querySelector("form[data-main]");
    if (form && form.method === "post" && !form.matches(".who")) {
      event.preventDefault();
      form.requestSubmit();
    }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape" && (typing(active) || active?.matches(".why"))) active.blur();
  // What appears beside the pointer goes away, until it points at something else.
  if (event.key === "Escape") document.body.classList.add("hush");
  if (typing(active) || document.querySelector("dialog[open]")) return;
  const found = named().find((element) => element.dataset.key === event.key);
  if (event.key === "?") help();
  else if (found) use(found);
  else if (everywhere[event.key]) location.assign(everywhere[event.key][0]);
  else return;
  event.preventDefault();
});
addEventListener("pointerover", (event) => {
  if (!event.target.closest?.(".why,.tip")) document.body.classList.remove("hush");
});
