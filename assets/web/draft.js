// Keeps what somebody types into the complaint on their own device until it is sent, so that a closed tab or a lost
// connection costs nothing. Files and hidden fields are not kept.
const KEY = "hark.complaint.draft";
const form = document.getElementById("complaint");
const note = document.getElementById("draft-note");
const kept = (element) => element.name && !["hidden", "file", "submit", "button"].includes(element.type);

function read() {
  const draft = {};
  for (const element of form.elements) {
    if (!kept(element)) continue;
    if (element.type === "radio" || element.type === "checkbox") {
      if (element.checked) draft[element.name] = element.value;
    } else if (element.value) {
      draft[element.name] = element.value;
    }
  }
  return draft;
}

function write(draft) {
  for (const element of form.elements) {
    if (!kept(element)) continue;
    if (element.type === "radio" || element.type === "checkbox") {
      element.checked = draft[element.name] === element.value;
    } else {
      element.value = draft[element.name] ?? "";
    }
  }
}

function save() {
  try {
    const draft = read();
    if (Object.keys(draft).length === 0) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, JSON.stringify(draft));
  } catch {
    // A browser that keeps nothing keeps nothing.
  }
}

if (form) {
  try {
    form.elements.namedItem("time_zone").value ||= Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
  } catch {
    // Then it is the desk's.
  }
  let stored = null;
  try {
    stored = JSON.parse(localStorage.getItem(KEY) ?? "null");
  } catch {
    // Not ours, or no store.
  }
  // What the service has sent back stands: it is newer.
  if (stored && Object.keys(read()).length === 0) {
    write(stored);
    note.hidden = false;
  }
  let waiting = 0;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(save, 400);
  });
  addEventListener("pagehide", save);
  document.getElementById("draft-forget").addEventListener("click", () => {
    write({});
    save();
    note.hidden = true;
    document.getElementById("statement").focus();
  });
}
