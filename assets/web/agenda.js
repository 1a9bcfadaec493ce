// Says, while a time for a call is typed, what it falls upon: other calls of one's own, or hours at which nobody is there.
function watch(place) {
  const form = place.closest("form");
  const typed = ["day", "from", "until"].map((name) => form.elements.namedItem(`promise-${name}`));
  const calls = [...place.querySelectorAll("[data-from]")];
  const open = place.dataset.open.split(" ").filter(Boolean).map((span) => span.split("/"));
  const fold = place.querySelector("details");

  // A moment as the clock of a zone shows it, as a field for time writes it.
  function local(at, zone) {
    const parts = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" };
    const written = new Intl.DateTimeFormat("sv-SE", { ...parts, hourCycle: "h23", timeZone: zone }).format(new Date(at));
    return written.replace(" ", "T");
  }

  function found(zone) {
    const [day, from, until] = typed.map((field) => field.value);
    if (!day || !from || !until) return [[], false];
    const [start, end] = [`${day}T${from}`, `${day}T${until}`];
    const upon = calls.filter((one) => local(one.dataset.from, zone) < end && start < local(one.dataset.until, zone));
    const known = open.length > 0 && start < local(open.at(-1)[1], zone);
    const within = open.some(([first, last]) => local(first, zone) <= start && end <= local(last, zone));
    return [upon, known && !within];
  }

  function look() {
    let [upon, closed] = [[], false];
    try {
      [upon, closed] = found(form.elements.namedItem("time_zone")?.value || place.dataset.zone);
    } catch {
      // A zone that is not typed to its end.
    }
    for (const one of calls) one.classList.toggle("soon", upon.includes(one));
    if (upon.length > 0) fold.open = true;
    const says = [upon.length > 0 && place.dataset.clash, closed && place.dataset.closed];
    place.querySelector("[data-says]").textContent = says.filter(Boolean).join(" ");
  }

  for (const field of [...typed, form.elements.namedItem("time_zone")]) field?.addEventListener("input", look);
  look();
}

for (const place of document.querySelectorAll("[data-agenda]")) watch(place);
