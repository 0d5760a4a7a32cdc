// A dialog with data-picker: type to narrow the list, arrows choose, Enter takes. Each option says
// itself what it does on "combobox-commit" (hx-trigger); this module only finds and closes.
import Combobox from "../vendor/combobox-nav.js";

const running = new WeakMap();
const words = (option) => option.textContent.toLowerCase();

function narrow(dialog) {
  const asked = dialog.querySelector("[data-picker-input]").value.toLowerCase().split(/\s+/);
  const options = [...dialog.querySelectorAll("[role=option]")];
  for (const option of options) option.hidden = !option.matches("[data-create]") && !asked.every((word) => words(option).includes(word));
  dialog.querySelector("[data-picker-none]").hidden = options.some((option) => !option.hidden);
  running.get(dialog)?.resetSelection();
}

// The dialog is new after every swap, so everything is listened for on the document.
document.addEventListener("harken:show", ({ target }) => {
  if (!target.matches("[data-picker]")) return;
  const input = target.querySelector("[data-picker-input]");
  input.value = "";
  running.get(target)?.destroy();
  const combobox = new Combobox(input, target.querySelector("[data-picker-options]"), {
    tabInsertsSuggestions: false,
    firstOptionSelectionMode: "selected",
  });
  running.set(target, combobox);
  combobox.start();
  narrow(target);
}, true);

document.addEventListener("input", ({ target }) => {
  if (target.matches?.("[data-picker-input]")) narrow(target.closest("dialog"));
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches?.("[data-picker-input]")) event.preventDefault();
});
document.addEventListener("combobox-commit", ({ target }) => target.closest("[data-picker]")?.close());
// What one chooses from or writes into is not replaced under the fingers when an earlier request
// comes back; the answer to what was asked in that very dialog is, and closes it.
document.addEventListener("htmx:before:swap", ({ detail: { ctx, tasks } }) => {
  for (const task of [...tasks]) {
    const open = task.target?.matches?.("#pickers, #escalating") && task.target.querySelector("dialog[open]");
    if (open && !open.contains(ctx.sourceElement)) tasks.splice(tasks.indexOf(task), 1);
  }
});
