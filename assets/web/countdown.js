// Keeps what is left until something is due up to date; the words come with the page. Time is counted from when the page
// was made: the clock of the device may be wrong.
const words = document.getElementById("countdown")?.dataset;
const ahead = Date.parse(words?.now) - Date.now();
const SOON = 7_200_000;

function span(minutes) {
  const [h, m] = [Math.floor(minutes / 60), minutes % 60];
  const shape = h === 0 ? words.m : m === 0 ? words.h : words.hm;
  return shape.replace("%h", h).replace("%m", m);
}

function tick() {
  for (const element of document.querySelectorAll("[data-due]")) {
    const away = Date.parse(element.dataset.due) - (Date.now() + ahead);
    // Days do not change while one looks; the page says them.
    if (Math.abs(away) >= 86_400_000) continue;
    const text = span(Math.floor(Math.abs(away) / 60_000));
    element.textContent = (away >= 0 ? words.left : words.late).replace("%s", text);
    const stands = away < 0 ? "late" : away <= SOON ? "soon" : "fine";
    for (const part of [element, element.closest(".next,li,strong")]) {
      if (!part?.matches(".late,.soon,.fine")) continue;
      part.classList.remove("late", "soon", "fine");
      part.classList.add(stands);
    }
  }
}

if (words) {
  setInterval(tick, 20_000);
  // A page in the background may have slept.
  document.addEventListener("visibilitychange", tick);
}
