// Beside the form of a call: who calls, and how they sound, while one types. Nothing waits for it; without it a button
// asks for the same.
const form = document.getElementById("call");
const fields = form.elements;

function live(target, names, delay) {
  const place = document.getElementById(target);
  let waiting = 0;
  let asking = null;
  async function ask() {
    asking?.abort();
    asking = new AbortController();
    const body = new URLSearchParams();
    for (const name of ["csrf_token", "draft", ...names]) body.set(name, fields.namedItem(name)?.value ?? "");
    try {
      const response = await fetch(place.dataset.from, { method: "POST", body, signal: asking.signal });
      if (!response.ok) return;
      place.innerHTML = await response.text();
      arrived();
    } catch {
      // The next key asks again.
    }
  }
  return () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, delay);
  };
}

const atFirst = document.getElementById("known")?.dataset.zone ?? "";
let zoneIsChosen = !["", atFirst].includes(fields.namedItem("time_zone").value);
fields.namedItem("time_zone").addEventListener("input", () => (zoneIsChosen = true));

function arrived() {
  for (const button of document.querySelectorAll("button.js")) button.hidden = false;
  const known = document.getElementById("known")?.dataset.zone;
  if (!zoneIsChosen && fields.namedItem("caller").value) fields.namedItem("time_zone").value = known ?? "";
}

const who = live("recognised", ["caller"], 250);
const how = live("proposed", ["statement", "customer_type"], 350);
fields.namedItem("caller").addEventListener("input", who);
fields.namedItem("statement").addEventListener("input", how);
for (const radio of form.querySelectorAll("[name=customer_type]")) radio.addEventListener("change", how);

document.getElementById("proposed").addEventListener("click", (event) => {
  const type = event.target.closest("[data-choose]")?.dataset.choose;
  if (!type) return;
  const radio = form.querySelector(`[name=customer_type][value="${type}"]`);
  radio.checked = true;
  radio.dispatchEvent(new Event("change", { bubbles: true }));
});

for (const button of form.querySelectorAll(".no-js")) button.hidden = true;
arrived();

// What was typed is not lost by a closed tab without a word.
let typed = false;
form.addEventListener("input", () => (typed = true));
form.addEventListener("submit", () => (typed = false));
addEventListener("beforeunload", (event) => {
  if (typed) event.preventDefault();
});
