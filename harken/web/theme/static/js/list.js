// The list: one tab stop, j/k and arrows move, o or Enter opens; rows come and go around both.
import { isField, onContent, visible } from "./page.js";
import { declare } from "./sheet.js";

let current = null;   // id of the row keys stand on
let place = 0;        // where it stood, for when it goes
let hadFocus = false;

const list = () => document.querySelector("[data-list]");
const rows = () => [...(list()?.querySelectorAll("a.row") ?? [])];
const idOf = (row) => row.closest("[data-row]").dataset.row;
const rowOf = (id) => list()?.querySelector(`[data-row="${CSS.escape(id)}"] a.row`);

/** Make `row` the one tab stop; with `focus` also go there. */
function standOn(row, focus) {
  for (const other of rows()) other.tabIndex = other === row ? 0 : -1;
  if (!row) return;
  current = idOf(row);
  place = rows().indexOf(row);
  if (!focus) return;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function mark(id) {
  for (const row of rows()) {
    if (idOf(row) === id) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
}

/** After rows came or went: keep the place, bring the focus back if it fell to the page. */
function settle() {
  const all = rows();
  if (!all.length) return;
  const row = (current && rowOf(current)) || all.find((one) => one.hasAttribute("aria-current")) || all[Math.min(place, all.length - 1)];
  standOn(row, hadFocus && document.activeElement === document.body);
}

function move(step) {
  const all = rows();
  const from = all.findIndex((row) => idOf(row) === current);
  const to = from < 0 ? 0 : Math.min(all.length - 1, Math.max(0, from + step));
  // The first press goes to the row keys stand on, so that one sees where that is.
  standOn(all[document.activeElement === all[from] ? to : Math.max(from, 0)], true);
}

function openNext(step) {
  const all = rows();
  const open = all.findIndex((row) => row.hasAttribute("aria-current"));
  const next = all[open < 0 ? 0 : open + step];
  if (!next) return;
  standOn(next, false);
  next.scrollIntoView({ block: "nearest" }); // also brings the older ones, when it is the last row
  next.click();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!rows().length || isField(event.target) || document.querySelector("dialog:modal")) return;
  const letters = document.documentElement.dataset.keys !== "off";
  const inList = list().contains(event.target);
  const steps = { ArrowDown: inList && 1, ArrowUp: inList && -1, j: letters && 1, k: letters && -1, Home: inList && -Infinity, End: inList && Infinity };
  if (steps[event.key]) move(steps[event.key]);
  else if (event.key === "o" && letters && current) rowOf(current)?.click();
  else return;
  event.preventDefault();
});

document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.("[data-list] a.row");
  hadFocus = Boolean(row);
  if (row) standOn(row, false);
});

// The focus falls to the page when its row is removed (bring it back) or when one clicks beside (do not).
document.addEventListener("focusout", ({ target }) => {
  queueMicrotask(() => { if (target.isConnected && document.activeElement === document.body) hadFocus = false; });
});

// A row one stays on for a moment is fetched ahead (hx-preload="harken:near").
const NEAR = 70;
let nearing = 0;
function near({ target }) {
  const row = target.closest?.("[data-list] a.row");
  clearTimeout(nearing);
  if (row) nearing = setTimeout(() => row.dispatchEvent(new Event("harken:near")), NEAR);
}
document.addEventListener("focusin", near);
document.addEventListener("mouseover", near);

document.addEventListener("click", (event) => {
  const step = event.target.closest("[data-step]");
  if (step) return openNext(Number(step.dataset.step));
  const back = event.target.closest("[data-back]");
  if (back && visible(back) && list()) {
    event.preventDefault();
    document.body.dataset.screen = "list";
    if (current) rowOf(current)?.focus();
    return;
  }
  const row = event.target.closest("[data-list] a.row");
  if (!row || event.ctrlKey || event.metaKey || event.shiftKey) return;
  clearTimeout(nearing); // it is being asked for already
  standOn(row, false);
  mark(idOf(row));
});

document.addEventListener("htmx:after:swap", (event) => {
  const row = event.detail.ctx?.sourceElement;
  if (!row?.matches?.("[data-list] a.row")) return;
  row.classList.remove("unread");
  document.body.dataset.screen = "conversation";
  if (!visible(row)) document.getElementById("main").focus();
});

/** A conversation that came without its row, by Next or by taking something back. */
let shown = document.querySelector("[data-open-conversation]")?.dataset.openConversation;
onContent(() => {
  const id = document.querySelector("[data-open-conversation]")?.dataset.openConversation;
  if (id === shown) return;
  shown = id;
  mark(id);
  if (!id || !list()) return;
  standOn(rowOf(id), false);
  document.body.dataset.screen = "conversation";
  if (document.activeElement === document.body) document.getElementById("main").focus();
  document.dispatchEvent(new CustomEvent("harken:opened", { detail: { conversation: id } }));
});

document.addEventListener("htmx:response:error", () => {
  const open = document.querySelector("[data-open-conversation]");
  if (open) mark(open.dataset.openConversation); // the click did not get there: the old one is still open
});

declare("List", "j", "Next row", "[data-list]");
declare("List", "k", "Row before", "[data-list]");
declare("List", "o", "Open", "[data-list]");
onContent(settle);
document.addEventListener("harken:rows", settle);
