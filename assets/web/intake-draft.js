// Keeps a call that is being typed with the service until it is logged. The page puts it back.
const form = document.getElementById("call");
const place = "/api/v1/me/drafts/intake";
const CARRIED = ["csrf_token", "form_key", "draft", "look"];
let waiting = 0;
let typed = false;

function send(method, body) {
  const headers = { "X-CSRF-Token": form.elements.namedItem("csrf_token").value };
  if (body) headers["Content-Type"] = "application/json";
  const text = body && JSON.stringify(body);
  // A browser sends no more than that once the page is gone.
  return fetch(place, { method, headers, body: text, keepalive: (text?.length ?? 0) < 15_000 });
}

function read() {
  const found = {};
  let texts = 0;
  for (const field of form.elements) {
    if (!field.name || CARRIED.includes(field.name) || field.type === "submit" || !field.value) continue;
    if (["checkbox", "radio"].includes(field.type) && !field.checked) continue;
    found[field.name] = field.value;
    if (field.tagName === "TEXTAREA" || field.id === "caller" || field.id === "subject") texts += 1;
  }
  return texts > 0 ? JSON.stringify(found) : null;
}

async function keep() {
  clearTimeout(waiting);
  if (!typed) return;
  typed = false;
  const text = read();
  const known = document.querySelector('#recognised a[href^="/desk/customers/"]')?.getAttribute("href").split("/").pop();
  try {
    await (text ? send("PUT", { typed: text, customer_id: known ?? null }) : send("DELETE"));
    form.dataset.kept = "";
  } catch {
    // The next key tries again.
  }
}

form.addEventListener("input", () => {
  typed = true;
  clearTimeout(waiting);
  waiting = setTimeout(keep, 1_000);
});
// What is being sent is no draft any more.
form.addEventListener("submit", () => {
  typed = false;
  clearTimeout(waiting);
});
addEventListener("pagehide", keep);

const forget = document.querySelector("[data-forget]");
if (forget) {
  forget.hidden = false;
  forget.addEventListener("click", async () => {
    typed = false;
    clearTimeout(waiting);
    await send("DELETE").catch(() => null);
    location.assign(location.pathname);
  });
}
