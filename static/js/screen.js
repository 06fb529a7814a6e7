// A shared screen that nobody touches for a minute asks, waits 20 seconds and clears itself: whoever comes next finds
// nothing. Touching it, or "Yes, continue", begins the minute again, as often as one likes.
const IDLE = 60, ASKED = 20, BACK = 20;
const dialog = document.getElementById("still-there");
const left = document.getElementById("still-there-left");
const start = document.body.dataset.screenStart;
let seconds = 0;

function begin() {
  seconds = 0;
  if (dialog?.open) dialog.close();
}

function tick() {
  seconds += 1;
  if (!dialog) {
    if (start && seconds >= BACK) location.replace(start);
    return;
  }
  if (seconds === IDLE) dialog.showModal();
  if (seconds >= IDLE) left.textContent = String(Math.max(0, IDLE + ASKED - seconds));
  if (seconds >= IDLE + ASKED) document.getElementById("finish").requestSubmit();
}

if (dialog) {
  document.getElementById("still-there-yes").addEventListener("click", begin);
  dialog.addEventListener("cancel", begin);
}
for (const kind of ["pointerdown", "keydown", "scroll"]) {
  document.addEventListener(kind, () => { if (!dialog?.open) begin(); }, { capture: true, passive: true });
}
setInterval(tick, 1000);
