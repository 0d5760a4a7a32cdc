// Who else reads or writes in a conversation, and the writing lock, by signs of life of each tab.
import { onContent, post, say, uuid } from "./page.js";

const BEAT = 20000;        // the server forgets a tab after 90 s
const TYPED_AGAIN = 5000;  // and frees the lock 60 s after it was last told of a key
const tab = uuid();
const me = Number(document.body.dataset.user);
let here = {};   // conversation -> [{id, name, writes}]
let open = null; // the .says of the conversation this tab has told of
let typed = 0;   // when the server was last told that we write
let lost = "";   // who took over what we were writing

const others = (id) => (here[id] ?? []).filter((one) => one.id !== me);
const writer = (id) => others(id).find((one) => one.writes);
const idOf = (says) => says?.dataset.openConversation;

function words(id) {
  const people = others(id), first = writer(id) ?? people[0];
  if (!first) return "";
  const more = people.length > 1 ? ` +${people.length - 1}` : "";
  return `${first.name.split(" ")[0]} is ${first.writes ? "writing" : "reading"}${more}`;
}

function paint() {
  for (const badge of document.querySelectorAll("[data-watchers]")) {
    const id = badge.dataset.watchers, line = badge.querySelector("bdi");
    if (line.textContent !== words(id)) line.textContent = words(id);
    badge.hidden = !line.textContent;
    badge.classList.toggle("writes", Boolean(writer(id)));
  }
  lock();
}

/** While a colleague writes, the answer is read only; a note is not. */
function lock() {
  const form = document.querySelector("[data-composer]"), bar = document.querySelector("[data-lock]");
  if (!form || !bar) return;
  const isNote = form.querySelector("[name=kind]:checked")?.value === "note";
  const colleague = isNote ? undefined : writer(idOf(open));
  form.querySelector("[data-text]").readOnly = Boolean(colleague);
  for (const button of form.querySelectorAll("[data-primary], [data-then-next]")) button.disabled = Boolean(colleague);
  bar.hidden = !colleague;
  const kept = form.querySelector("[data-text]").value.trim() ? " Your text is kept." : "";
  const told = colleague ? `${colleague.name} ${lost === colleague.name ? "took over from you" : "is writing here"}.${kept}` : "";
  const line = bar.querySelector("[data-lock-words]");
  if (line.textContent === told) return;
  const freed = !told && line.textContent && !isNote;
  line.textContent = told;
  if (told || freed) say(told || "You can write here now", lost && told ? "assertive" : "polite");
}

function take({ full, here: news }) {
  const id = idOf(open), wrote = here[id]?.some((one) => one.id === me && one.writes);
  here = full ? news : { ...here, ...news };
  if (!writer(id)) lost = "";
  else if (wrote) { lost = writer(id).name; typed = 0; }
  paint();
}

async function tell(doing = "", url = open?.dataset.presenceUrl) {
  if (!url) return;
  try {
    const answer = await post(url, { tab, doing });
    if (answer.ok) return take(await answer.json());
  } catch { /* offline: the next sign of life comes */ }
  typed = 0; // not told: the next key tells it
  return undefined;
}

function leave() {
  if (open) navigator.sendBeacon(open.dataset.presenceUrl, new URLSearchParams({ tab, doing: "leaving", csrfmiddlewaretoken: document.body.dataset.csrf }));
}

onContent(() => {
  const says = document.querySelector("[data-presence-url]");
  if (idOf(says) !== idOf(open)) {
    if (!says) leave(); // a tab that goes on to another conversation is taken along
    [open, typed, lost] = [says, 0, ""];
    if (!document.hidden) tell();
  }
  paint();
});
setInterval(() => { if (!document.hidden) tell(); }, BEAT);
document.addEventListener("visibilitychange", () => { if (!document.hidden) tell(); });
addEventListener("pageshow", ({ persisted }) => { if (persisted) tell(); });
addEventListener("pagehide", leave);

document.addEventListener("input", ({ target }) => {
  const form = target.closest?.("[data-composer]");
  if (!form) return;
  const isNote = form.querySelector("[name=kind]:checked")?.value === "note";
  const writes = !isNote && form.querySelector("[data-text]").value.trim();
  if (writes && Date.now() - typed > TYPED_AGAIN) {
    typed = Date.now();
    tell("writing");
  } else if (!writes && typed) {
    typed = 0;
    tell("reading");
  }
  lock();
});
document.addEventListener("harken:accepted", () => { typed = 0; });
document.addEventListener("harken:presence", ({ detail }) => take(detail));
document.addEventListener("harken:rows", paint);

document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-take-over]");
  if (!button) return;
  button.closest("dialog").close();
  lost = "";
  await tell("", button.dataset.takeOver);
  document.querySelector("[data-text]")?.focus();
});
