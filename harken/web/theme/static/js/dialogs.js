// data-side shows or hides the side column where there is no room for it, and goes there.
// data-open="id" shows a <dialog>, data-close closes the one it stands in, a click beside it too.
import { visible } from "./page.js";

function toggleSide(button) {
  const { dataset } = document.body;
  dataset.side = dataset.side === "open" ? "" : "open";
  const panel = document.querySelector("[data-side-panel]");
  if (visible(panel)) panel.focus();
  else button.focus();
}

document.addEventListener("click", (event) => {
  const side = event.target.closest("[data-side]:not(body)");
  if (side) toggleSide(side);
  const opener = event.target.closest("[data-open]");
  const dialog = opener && document.getElementById(opener.dataset.open);
  if (dialog && !dialog.open) {
    for (const other of document.querySelectorAll("dialog[open]")) other.close();
    dialog.showModal();
    dialog.dispatchEvent(new Event("harken:show"));
  }
  if (event.target.closest("[data-close]")) event.target.closest("dialog").close();
  if (event.target instanceof HTMLDialogElement && beside(event)) event.target.close();
});

function beside(event) {
  const box = event.target.getBoundingClientRect();
  const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
  return !inside && event.detail > 0; // detail 0: a key pressed a button, there is no pointer
}
