// What every form may have: focus on the summary of errors; one sending at a time; a button that copies.
const summary = document.getElementById("errors");
if (summary) summary.focus();

for (const form of document.querySelectorAll("form[data-sending]")) {
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    if (event.submitter?.name) return; // a button for language or colours
    form.dataset.sent = "1";
    const button = event.submitter ?? form.querySelector("button.button");
    button?.setAttribute("aria-disabled", "true");
    if (button) button.textContent = form.dataset.sending;
  });
}
// A page that comes back from the browser's memory can be sent again.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

for (const button of document.querySelectorAll("button[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).href);
    document.getElementById("copied").textContent = button.dataset.copied;
  });
}
