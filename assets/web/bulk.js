// How far a bulk action is, while it goes on: asked again until it has ended. Without this a link does the same.
const AGAIN = 2_000;

async function look() {
  const place = document.getElementById("bulk");
  const address = place?.dataset.again;
  if (!address) return;
  try {
    // Not while somebody is in it: the focus stays where it is.
    if (!document.hidden && !place.contains(document.activeElement)) {
      const response = await fetch(address, { redirect: "error", headers: { Accept: "text/html" } });
      if (response.ok) {
        const page = new DOMParser().parseFromString(await response.text(), "text/html");
        const fresh = page.getElementById("bulk");
        const said = (part) => part?.querySelector("[role=status]")?.textContent;
        if (fresh && said(fresh) !== said(place)) place.replaceWith(fresh);
      }
    }
  } catch {
    // The next time.
  }
  setTimeout(look, AGAIN);
}

if (document.querySelector("#bulk[data-again]")) setTimeout(look, AGAIN);
