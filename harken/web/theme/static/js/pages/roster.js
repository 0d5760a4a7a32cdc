// The roster page: arrows walk through the cells and on into the next week, n plans whoever the
// cell is about, a dialog is modal and gives its address back when it closes, an address is copied.
const grid = document.querySelector("[data-week-grid]");
const rows = grid ? [...grid.tBodies[0].rows].map((row) => [...row.querySelectorAll("[data-cell]")]) : [];
const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
const KEPT = "harken:roster-cell"; // where one was when the arrows led into another week

function placeOf(cell) {
  const row = rows.findIndex((cells) => cells.includes(cell));
  return row < 0 ? null : [row, rows[row].indexOf(cell)];
}

function focus(row, column) {
  const cell = rows[row]?.[column];
  if (!cell) return;
  for (const other of rows.flat()) other.tabIndex = -1;
  cell.tabIndex = 0;
  cell.focus();
  const add = cell.querySelector(".add");
  const button = document.querySelector("[data-new]");
  if (add && button) button.href = add.href;
}

function walk(event) {
  const cell = event.target.closest("[data-cell]");
  const place = cell && placeOf(cell);
  if (!place || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Enter" && event.target === cell) {
    (cell.querySelector(".shift") ?? cell.querySelector(".add"))?.click();
    return;
  }
  const step = STEPS[event.key];
  if (!step) return;
  event.preventDefault();
  const [row, column] = [place[0] + step[0], place[1] + step[1]];
  if (column < 0 || column >= rows[0].length) {
    sessionStorage.setItem(KEPT, JSON.stringify([row, column < 0 ? rows[0].length - 1 : 0]));
    document.querySelector(`[data-week="${step[1]}"]`)?.click();
  } else focus(row, column);
}

if (rows.length) {
  rows[0][0].tabIndex = 0;
  grid.addEventListener("keydown", walk);
  grid.addEventListener("focusin", (event) => {
    const place = event.target.matches("[data-cell]") && placeOf(event.target);
    if (place && event.target.tabIndex !== 0) focus(...place);
  });
  const kept = sessionStorage.getItem(KEPT);
  sessionStorage.removeItem(KEPT);
  if (kept) focus(...JSON.parse(kept));
}

const dialog = document.querySelector("dialog[data-plan]");
if (dialog) {
  dialog.close();
  dialog.showModal();
  dialog.addEventListener("close", () => history.replaceState(null, "", dialog.dataset.back));
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  field.select();
  await navigator.clipboard.writeText(field.value);
  document.dispatchEvent(new CustomEvent("harken:toast", { detail: { text: "The address is copied.", kind: "done" } }));
});
