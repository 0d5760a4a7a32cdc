// What the assistant said goes into the answer when a person says so, as if they had typed it: the
// field's own undo takes it back, and drafts, counter and checks notice it as they notice typing.
import { onContent } from "../page.js";

function use(button) {
  const field = button.closest("[data-composer]").querySelector("[data-text]");
  const text = button.dataset.useText;
  field.focus();
  field.select();
  if (!document.execCommand("insertText", false, text)) {
    field.setRangeText(text, 0, field.value.length, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-use-text], [data-leave-text]");
  const box = button?.closest("[data-assisted]");
  if (!box) return;
  if (button.matches("[data-use-text]")) use(button);
  else box.closest("[data-composer]").querySelector("[data-text]").focus();
  box.replaceChildren();
});
// What it was made for is gone once the answer is taken.
document.addEventListener("harken:accepted", () => document.querySelector("[data-assisted]")?.replaceChildren());
onContent(() => {
  const fresh = document.querySelector(".suggestion:not([data-met])");
  if (fresh) { fresh.dataset.met = ""; fresh.focus({ preventScroll: true }); fresh.scrollIntoView({ block: "nearest" }); }
});
