// A canned text, filled in for this complaint, put where one writes: at once, without the page going away. When the service
// refuses, the form is sent as it is without scripts, and the page says why.
const button = document.querySelector("[data-fill]");
const choice = document.getElementById("write-text");
const field = document.getElementById("write-body");

button?.addEventListener("click", async (event) => {
  if (!choice.value || button.dataset.refused) return;
  event.preventDefault();
  button.setAttribute("aria-disabled", "true");
  try {
    const response = await fetch(button.dataset.fill + encodeURIComponent(choice.value));
    if (!response.ok) throw new Error(response.statusText);
    const { body } = await response.json();
    const before = field.value.slice(0, field.selectionStart);
    const gap = before.trim() === "" || before.endsWith("\n\n") ? "" : "\n\n";
    field.setRangeText(gap + body, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
    choice.value = "";
  } catch {
    button.dataset.refused = "1";
    button.click();
  } finally {
    button.removeAttribute("aria-disabled");
  }
});
