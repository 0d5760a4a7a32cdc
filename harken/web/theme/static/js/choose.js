// x chooses the row keys stand on, Shift+J and Shift+K take the neighbours along.
import { isField } from "./page.js";

const boxes = () => [...document.querySelectorAll("[data-choose-row]")];
const here = () => document.querySelector("li:has(> a.row[tabindex='0']) > [data-choose-row]");

function show() {
  const bar = document.querySelector("[data-chosen]");
  if (!bar) return;
  const many = boxes().filter((box) => box.checked).length;
  bar.classList.toggle("keys-only", !many);
  bar.querySelector("[data-chosen-count]").textContent = many;
}

function choose(some, on) {
  for (const box of some) if (box) box.checked = on;
  show();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isField(event.target) || !here()) return;
  if (document.documentElement.dataset.keys === "off" || document.querySelector("dialog:modal")) return;
  if (event.key === "x") choose([here()], !here().checked);
  if (!["J", "K"].includes(event.key)) return;
  const from = here();
  document.dispatchEvent(new KeyboardEvent("keydown", { key: event.key.toLowerCase() }));
  choose([from, here()], true);
});
document.addEventListener("click", ({ target }) => {
  const all = target.closest("[data-choose]");
  if (all) choose(boxes(), Boolean(all.dataset.choose));
});
document.addEventListener("harken:unchoose", () => choose(boxes(), false));
document.addEventListener("change", show);
document.addEventListener("harken:rows", show);
