// Live events become a changed page: rows, counts and the open conversation. The list never jumps
// under the pointer or the focus: what is new waits behind "Show N new" then.
import { calmly, onContent, say } from "./page.js";

const AT_ONCE = 50, FLOOD = 200;
const RACE = 20000;
const changed = new Set();     // conversations to ask for
const happened = new Map();    // conversation -> when its last event came
let fetching = false;
const waiting = new Map();     // id -> HTML of rows that wait to be shown
let flooded = false;           // so much happened that the list is asked for as a whole
let arrived = 0;               // new rows not yet announced
let unseen = 0;                // arrivals and notifications while the tab was hidden
let title = document.title;

const list = () => document.querySelector("[data-list]");
const rowOf = (id) => list().querySelector(`:scope > [data-row="${CSS.escape(id)}"]`);
const scroller = () => list().closest(".list") ?? list();

function isQuiet() {
  return scroller().scrollTop < 8 && !list().matches(":hover") && !list().contains(document.activeElement);
}

const announce = calmly(() => {
  if (arrived) say(arrived === 1 ? "1 new conversation" : `${arrived} new conversations`);
  arrived = 0;
}, 600, 3000);

function showBar() {
  const bar = document.querySelector("[data-fresh]");
  if (!bar) return;
  bar.hidden = !waiting.size && !flooded;
  bar.querySelector("[data-fresh-count]").textContent = flooded ? "many" : waiting.size;
}

function putInPlace(row) {
  const order = Number(row.dataset.order);
  const next = [...list().children].find((other) => other !== row && Number(other.dataset.order) > order) ?? null;
  if (row.isConnected && row.nextElementSibling === next) return;
  if (row.isConnected && list().moveBefore) list().moveBefore(row, next);
  else list().insertBefore(row, next);
}

/** Below the last row loaded so far: it comes with its page, and would stand twice if put here. */
function isBelow(row) {
  const order = Number(row.dataset.order);
  return Boolean(list().querySelector(":scope > .more"))
    && ![...list().children].some((other) => Number(other.dataset.order) > order);
}

function insert(id, html) {
  const box = document.createElement("template");
  box.innerHTML = html;
  const row = box.content.firstElementChild;
  if (isBelow(row)) return;
  putInPlace(row);
  row.classList.add("arriving");
  window.htmx.process(row);
}

async function update(id, html) {
  const row = rowOf(id);
  const quiet = isQuiet();
  if (!row && html && quiet) insert(id, html);
  if (!row && html && !quiet) waiting.set(id, html);
  if (!html) waiting.delete(id);
  if (row && html) {
    await window.htmx.swap({ text: html, target: row, swap: "outerMorph", sourceElement: list() });
    if (quiet) putInPlace(rowOf(id));
  }
  if (row && !html) {
    if (row.querySelector("[aria-current]") || row.contains(document.activeElement)) row.classList.add("elsewhere");
    else row.remove();
  }
}

/** Rows that left the view while they were open or in focus go when one has moved on. */
function sweep() {
  for (const row of list()?.querySelectorAll(".elsewhere") ?? []) {
    if (!row.querySelector("[aria-current]") && !row.contains(document.activeElement)) row.remove();
  }
}

/** One request at a time: an older answer must not overwrite a younger one. */
async function fetchRows() {
  if (fetching) return askRows();
  fetching = true;
  try {
    await fetchSome();
  } finally {
    fetching = false;
    if (changed.size) askRows();
  }
}

async function fetchSome() {
  if (!list()?.dataset.rowsUrl) return changed.clear(); // no list, or one that stands still (search)
  if (changed.size > FLOOD) { changed.clear(); flooded = true; }
  if (flooded && isQuiet()) return reloadList();
  const ids = [...changed].slice(0, AT_ONCE);
  if (!ids.length) return showBar();
  ids.forEach((id) => changed.delete(id));
  const url = new URL(list().dataset.rowsUrl, location.href);
  url.searchParams.set("ids", ids.join(","));
  let answer;
  try {
    answer = await fetch(url, { headers: { "HX-Request": "true" } });
  } catch {
    answer = null;
  }
  if (!answer?.ok) { // offline or busy: ask for the same rows a little later
    ids.forEach((id) => changed.add(id));
    return new Promise((later) => { setTimeout(later, 3000); });
  }
  const box = document.createElement("template");
  box.innerHTML = await answer.text();
  const found = new Map([...box.content.querySelectorAll("[data-row]")].map((row) => [row.dataset.row, row.outerHTML]));
  for (const id of ids) {
    if (!list()) return;
    if (found.has(id) && !rowOf(id) && !waiting.has(id)) { arrived += 1; unseen += document.hidden ? 1 : 0; }
    await update(id, found.get(id));
  }
  showBar();
  showTitle();
  announce();
  sweep();
  document.dispatchEvent(new CustomEvent("harken:rows"));
}
const askRows = calmly(fetchRows, 120, 1000);

async function reloadList() {
  flooded = false;
  waiting.clear();
  changed.clear();
  showBar();
  await window.htmx.ajax("GET", list().dataset.listUrl, { source: list(), target: list(), swap: "innerMorph", push: "false", quiet: true });
  document.dispatchEvent(new CustomEvent("harken:rows"));
}

const askCounts = calmly(() => {
  const { countsUrl, user } = document.body.dataset;
  if (countsUrl && user && document.getElementById("views")) window.htmx.ajax("GET", countsUrl, { source: "#views", target: "#views", swap: "none", quiet: true });
}, 250, 1000);

const askMessages = calmly(async () => {
  const says = document.querySelector("[data-open-conversation]");
  if (!says) return;
  const before = says.childElementCount;
  const atEnd = says.scrollHeight - says.scrollTop - says.clientHeight < 60;
  await window.htmx.ajax("GET", says.dataset.messagesUrl, { source: says, target: says, swap: "innerMorph", quiet: true });
  if (says.childElementCount > before) say("New in this conversation");
  if (atEnd) says.scrollTop = says.scrollHeight;
}, 60, 500);

function showTitle() {
  document.title = unseen && document.hidden ? `(${unseen}) ${title}` : title;
}

document.addEventListener("harken:event", ({ detail }) => {
  askCounts();
  if (detail.kind === "NotificationMade" && document.hidden) { unseen += 1; showTitle(); }
  if (detail.conversation === undefined || detail.conversation === null) return;
  const id = String(detail.conversation);
  happened.set(id, Date.now());
  if (list()) {
    delete rowOf(id)?.querySelector("a.row")._htmx?.preload; // fetched ahead, and old by now
    changed.add(id);
    askRows();
  }
  if (document.querySelector(`[data-open-conversation="${CSS.escape(id)}"]`)) askMessages();
});

document.addEventListener("harken:reset", () => {
  askCounts();
  askMessages();
  if (!list()) return;
  flooded = true;
  fetchRows();
});

// An event may fall between asking for a conversation and showing it: look again then.
document.addEventListener("harken:opened", ({ detail }) => {
  if (Date.now() - (happened.get(detail.conversation) ?? 0) < RACE) askMessages();
  sweep();
});

document.addEventListener("click", async (event) => {
  if (!event.target.closest("[data-fresh]")) return;
  scroller().scrollTop = 0;
  if (flooded) await reloadList();
  for (const [id, html] of waiting) insert(id, html);
  waiting.clear();
  showBar();
  document.dispatchEvent(new CustomEvent("harken:rows"));
  list().querySelector("a.row")?.focus();
});

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) unseen = 0;
  showTitle();
});
// A newly drawn conversation starts at its end, where the person waits.
onContent(() => {
  if (!document.title.startsWith("(")) title = document.title;
  const says = document.querySelector("#messages:not([data-placed])");
  if (says) { says.dataset.placed = ""; says.scrollTop = says.scrollHeight; }
});
