// A little work for the browser while somebody types, so that filing complaints by the thousand costs something.
// Find a counter for which PBKDF2(nonce + counter) begins with a prefix. WebCrypto works beside the page: nothing waits
// for it, and where it is missing (no https) the form is sent without, under a stricter limit.
const form = document.querySelector("form[data-proof]");
const field = form?.elements.namedItem("challenge");
const LIFE = 15 * 60 * 1000; // the service takes it for twenty minutes
let solving = null;
let solvedAt = 0;

const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const hex = (buffer) => Array.from(new Uint8Array(buffer), (b) => b.toString(16).padStart(2, "0")).join("");

async function solve() {
  const began = performance.now();
  const response = await fetch(form.dataset.proof, { headers: { accept: "application/json" } });
  if (!response.ok) return "";
  const challenge = await response.json();
  const { nonce, salt, cost, keyLength, keyPrefix } = challenge.parameters;
  const head = bytes(nonce);
  const password = new Uint8Array(head.length + 4);
  password.set(head);
  const view = new DataView(password.buffer);
  for (let counter = 0; ; counter++) {
    view.setUint32(head.length, counter);
    const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
    const derived = await crypto.subtle.deriveBits(
      { name: "PBKDF2", hash: "SHA-256", salt: bytes(salt), iterations: cost }, key, keyLength * 8);
    const derivedKey = hex(derived);
    if (derivedKey.startsWith(keyPrefix)) {
      const time = Math.round(performance.now() - began);
      return JSON.stringify({ challenge, solution: { counter, derivedKey, time } });
    }
  }
}

function begin() {
  if (solving && performance.now() - solvedAt < LIFE) return solving;
  solvedAt = performance.now();
  field.value = "";
  solving = solve().catch(() => "").then((solution) => {
    field.value = solution;
  });
  return solving;
}

if (field && globalThis.crypto?.subtle) {
  form.addEventListener("input", begin, { once: true });
  let given = false;
  form.addEventListener("submit", async (event) => {
    const solved = field.value && performance.now() - solvedAt < LIFE;
    if (given || solved || event.defaultPrevented || event.submitter?.name) return;
    event.preventDefault();
    const button = event.submitter;
    const label = button?.textContent;
    form.setAttribute("aria-busy", "true");
    if (button) button.textContent = form.dataset.sending;
    await begin();
    given = true; // with a solution or without: it is asked for once
    form.removeAttribute("aria-busy");
    if (button) button.textContent = label;
    // Not at once: a form that is still telling of its submission cannot be submitted.
    setTimeout(() => form.requestSubmit(button));
  }, { capture: true });
}
