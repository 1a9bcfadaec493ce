// Ticking rows by keyboard: x ticks the row with the focus, or the first; shift-x ticks all of them, or none.
const ticks = [...document.querySelectorAll("[data-tick]")];

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "x" || event.ctrlKey || event.metaKey || event.altKey || !ticks.length) return;
  if (event.target.matches("input:not([type=checkbox]),textarea,select")) return;
  event.preventDefault();
  if (event.shiftKey) {
    const all = ticks.every((tick) => tick.checked);
    for (const tick of ticks) tick.checked = !all;
    return;
  }
  const at = Math.max(ticks.findIndex((tick) => tick.closest("tr").contains(document.activeElement)), 0);
  const tick = ticks[at];
  tick.checked = !tick.checked;
  (ticks[at + 1] ?? tick).focus();
});
