// The lists of mentions: j and k move, and the keys of a row are those of the one they stand on.
// What others do and what is heard meanwhile is fetched anew; a mention one took opens by itself.
import { calmly, isField, onContent, say } from "../page.js";

const SOON = 150, PAUSE = 800, MINUTE = 60000;
const CHANGES = new Set([
  "AuthorsNamed", "MentionHeard", "MentionAsked", "MentionTaken", "MentionMissed", "MentionSettled", "MessageReceived", "MessageDeleted",
  "ReplyDelivered", "AnsweredOutside", "ConversationClosed", "ConversationReopened", "ConversationAssigned",
]);
const asked = new Set(); // taken here, not there yet
let current = "", place = 0, hadFocus = false;

const box = () => document.querySelector("[data-mentions]");
const rows = () => [...box().querySelectorAll("[data-mention]")];

/** The keys of a row's buttons work while one stands on it. */
function stand(row, focus) {
  for (const other of rows()) {
    const here = other === row;
    other.classList.toggle("current", here);
    for (const button of other.querySelectorAll("[data-key]")) {
      if (here) button.dataset.hotkey = button.dataset.key;
      else delete button.dataset.hotkey;
    }
  }
  if (!row) return;
  current = row.dataset.mention;
  place = rows().indexOf(row);
  if (!focus) return;
  row.querySelector("[data-stand]").focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function settle() {
  const all = rows();
  const row = all.find((one) => one.dataset.mention === current) ?? all[Math.min(place, all.length - 1)];
  stand(row, hadFocus && document.activeElement === document.body);
  for (const id of asked) {
    const there = all.find((one) => one.dataset.mention === id);
    if (there?.dataset.conversation) return location.assign(there.dataset.conversation);
    if (!there || "missed" in there.dataset) asked.delete(id);
  }
}

const refresh = calmly(async () => {
  if (document.hidden) return;
  await window.htmx.ajax("GET", location.pathname + location.search, { source: box(), target: box(), swap: "innerMorph", push: "false", quiet: true });
}, SOON, PAUSE);

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isField(event.target) || document.querySelector("dialog:modal") || document.documentElement.dataset.keys === "off") return;
  const step = { j: 1, k: -1 }[event.key];
  const all = rows();
  if (!step || !all.length) return;
  event.preventDefault();
  const from = all.findIndex((row) => row.dataset.mention === current);
  // The first press goes to the row the keys stand on, so that one sees where that is.
  const moves = all[from]?.contains(document.activeElement);
  const next = all[Math.min(all.length - 1, Math.max(0, moves ? from + step : Math.max(from, 0)))];
  stand(next, true);
  // Below the last one the list may go on: what is seen of that is fetched.
  if (next === all.at(-1)) box().querySelector(".more")?.scrollIntoView({ block: "nearest" });
});

document.addEventListener("focusin", ({ target }) => {
  const row = target.closest("[data-mention]");
  hadFocus = Boolean(row);
  if (row) stand(row, false);
});

document.addEventListener("click", (event) => {
  const dismiss = event.target.closest("[data-dismiss]");
  const dialog = document.getElementById("dismissing");
  if (!dismiss || !dialog || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  stand(dismiss.closest("[data-mention]"), false);
  const form = dialog.querySelector("[data-dismissing]");
  form.reset();
  form.action = dismiss.dataset.dismiss;
  hadFocus = true;
  dialog.showModal();
});

document.addEventListener("htmx:config:request", ({ detail }) => {
  const form = detail.ctx.sourceElement;
  // What comes anew comes as long as it is, however far somebody has read on.
  if (!form?.matches?.(".more") && (form === box() || box().contains(form) || form?.matches?.("[data-dismissing]"))) {
    detail.ctx.rows = rows().length;
    detail.ctx.request.body.set("rows", detail.ctx.rows);
  }
  if (form?.matches?.("[data-take]")) {
    asked.add(form.dataset.take);
    say("It is asked for at its network.");
  }
  if (!form?.matches?.("[data-dismissing]")) return;
  // One form for all rows: it goes where the row that opened it says.
  detail.ctx.request.action = form.getAttribute("action");
  document.getElementById("dismissing").close();
});
// An answer that was asked for before somebody read on is shorter than what they see: asked again.
document.addEventListener("htmx:before:swap", ({ detail: { ctx, tasks } }) => {
  const whole = tasks.findIndex(({ target }) => target === box());
  if (whole < 0 || !(ctx.rows < rows().length)) return;
  tasks.splice(whole, 1);
  refresh();
});
document.addEventListener("harken:event", ({ detail }) => { if (CHANGES.has(detail.kind)) refresh(); });
document.addEventListener("harken:reset", refresh);
document.addEventListener("visibilitychange", refresh);
setInterval(refresh, MINUTE);
onContent(settle);
