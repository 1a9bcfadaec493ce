// Keeps what is left until something is due up to date; the words come with the page.
const words = document.getElementById("countdown")?.dataset;

function span(minutes) {
  const [h, m] = [Math.floor(minutes / 60), minutes % 60];
  const shape = h === 0 ? words.m : m === 0 ? words.h : words.hm;
  return shape.replace("%h", h).replace("%m", m);
}

function tick() {
  for (const element of document.querySelectorAll("[data-due]")) {
    const away = Date.parse(element.dataset.due) - Date.now();
    // Days do not change while one looks; the page says them.
    if (Math.abs(away) >= 86_400_000) continue;
    const text = span(Math.floor(Math.abs(away) / 60_000));
    element.textContent = (away >= 0 ? words.left : words.late).replace("%s", text);
    if (away < 0) for (const part of [element, element.closest(".next,li,strong")]) {
      part?.classList.remove("soon", "fine");
      part?.classList.add("late");
    }
  }
}

if (words) setInterval(tick, 20_000);
