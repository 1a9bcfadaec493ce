// The complaint has arrived: the draft is not needed any more.
try {
  localStorage.removeItem("hark.complaint.draft");
} catch {
  // There was none.
}
