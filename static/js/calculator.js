// A number typed beside "Another number" chooses it, and a step chosen empties the box. The server computes every
// figure; every page works without this file.
document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-box]")) return;
  const other = event.target.closest("fieldset").querySelector("[data-other]");
  if (event.target.value.trim()) other.checked = true;
}, true);
document.addEventListener("change", (event) => {
  if (!event.target.matches(".step__radio") || event.target.matches("[data-other]")) return;
  event.target.closest("fieldset").querySelector("[data-box]").value = "";
}, true);

// A choice that could not be sent is said so beside the balance; nothing on the page pretends it was saved.
document.addEventListener("htmx:error", () => {
  const note = document.getElementById("not-saved");
  if (note) note.hidden = false;
});
document.addEventListener("htmx:after:swap", () => {
  const note = document.getElementById("not-saved");
  if (note) note.hidden = true;
});
if (document.querySelector(".govuk-error-summary")) history.replaceState(null, "", location.href);
