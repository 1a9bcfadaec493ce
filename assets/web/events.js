// What happens at the desk, as events of the document: `hark:event` with what happened, `hark:lost` when something may
// have been missed. The stream is open while somebody looks at the page, and goes on from where it was.
const place = document.querySelector("[data-events]");
let source = null;
let last = place?.dataset.after;
let leaving = 0;

function tell(name, detail) {
  document.dispatchEvent(new CustomEvent(name, { detail }));
}

function open() {
  clearTimeout(leaving);
  if (source) return;
  const address = new URL(place.dataset.events, location.href);
  if (last) address.searchParams.set("after", last);
  source = new EventSource(address);
  source.addEventListener("message", (event) => {
    last = event.lastEventId;
    tell("hark:event", JSON.parse(event.data));
  });
  source.addEventListener("reset", (event) => {
    last = event.lastEventId;
    tell("hark:lost");
  });
  source.addEventListener("ready", () => (place.dataset.open = ""));
  source.addEventListener("error", () => {
    delete place.dataset.open;
    // Otherwise the browser comes back by itself.
    if (source?.readyState === EventSource.CLOSED) close();
  });
}

function close() {
  source?.close();
  source = null;
  delete place.dataset.open;
}

if (place && window.EventSource) {
  if (document.visibilityState === "visible") open();
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") open();
    // Many tabs in the background need no lines of their own.
    else leaving = setTimeout(close, 20_000);
  });
  addEventListener("pagehide", close);
}
