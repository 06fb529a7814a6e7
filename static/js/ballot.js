// The code of a letter's QR stands behind the # of the address, so that no server or log ever sees it. Here it moves
// into the page and out of the address at once. Every page works without this file.
const code = decodeURIComponent(location.hash.slice(1));
const field = document.querySelector("[data-code-field]");
const start = document.querySelector("[data-code-link]");

if (/^[0-9a-z -]{13,24}$/i.test(code) && (field || start)) {
  history.replaceState(null, "", location.pathname + location.search);
  if (field) field.value = code;
  if (start) {
    start.hash = code;
    document.querySelector("[data-code-found]").hidden = false;
  }
}

// A choice that could not be sent is said so beside the total; nothing on the page pretends it was saved.
document.addEventListener("htmx:error", () => {
  const note = document.getElementById("not-saved");
  if (note) note.hidden = false;
});
document.addEventListener("htmx:after:swap", () => {
  const note = document.getElementById("not-saved");
  if (note) note.hidden = true;
});

// Presses wait for one another. What stands in the boxes when a press is sent goes with it, not what stood there when
// it was made: three quick presses of plus are three points on a slow line too.
document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  const { form, body } = ctx.request;
  if (!form || !(body instanceof URLSearchParams)) return;
  for (const [name, value] of new FormData(form)) if (name.startsWith("points.")) body.set(name, value);
});

// The answer to something sent wrongly is no place to come back to: with the button Back, or on reloading, the page is
// asked for afresh instead of the form being sent once more.
if (document.querySelector(".govuk-error-summary")) history.replaceState(null, "", location.href);
