// The composer: nothing one typed is ever lost, and only Ctrl/⌘+Enter or the button goes on.
import { calmly, onContent, post, uuid, visible } from "./page.js";

const LOCAL = 300, SERVER = 2000, PREVIEW = 120;
const segments = window.Intl?.Segmenter ? new Intl.Segmenter(undefined, { granularity: "grapheme" }) : null;
const known = new WeakSet();

/** How many characters a person sees; the server counts by the network's rule. */
const graphemes = (text) => (segments ? [...segments.segment(text)].length : [...text].length);
const time = (moment) => new Date(moment).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

class Composer {
  constructor(form) {
    this.form = form;
    this.text = form.querySelector("[data-text]");
    this.key = `harken.draft.${document.body.dataset.user}.${form.dataset.conversation}`;
    this.saved = this.text.defaultValue;
    this.saveOnServer = calmly(() => this.sendDraft(), SERVER, SERVER);
    this.restore();
    form.addEventListener("input", () => this.changed());
    form.addEventListener("keydown", (event) => this.pressed(event));
    this.count();
    if (this.text.value) this.preview();
  }

  get kind() {
    return this.form.querySelector("[name=kind]:checked")?.value ?? "";
  }

  line(words) {
    this.form.querySelector("[data-draft-line]").textContent = words;
  }

  changed() {
    this.count();
    clearTimeout(this.localTimer);
    this.localTimer = setTimeout(() => this.keep(), LOCAL);
    clearTimeout(this.previewTimer);
    this.previewTimer = setTimeout(() => this.preview(), PREVIEW);
    this.saveOnServer();
  }

  /** The copy in this browser survives a crash and a closed tab. */
  keep() {
    clearTimeout(this.localTimer);
    try {
      if (this.text.value.trim()) localStorage.setItem(this.key, JSON.stringify({ text: this.text.value, kind: this.kind, at: Date.now() }));
      else localStorage.removeItem(this.key);
    } catch { /* full or forbidden: the server has it */ }
  }

  kept() {
    try {
      return JSON.parse(localStorage.getItem(this.key));
    } catch {
      return null;
    }
  }

  restore() {
    const kept = this.kept();
    const savedAt = Date.parse(this.form.dataset.savedAt) || 0;
    if (!kept || kept.text === this.text.value || kept.at <= savedAt) {
      if (savedAt && this.text.value) this.line(`Draft of ${time(savedAt)}`);
      return;
    }
    this.text.value = kept.text;
    const choice = this.form.querySelector(`[name=kind][value="${CSS.escape(kept.kind)}"]`);
    if (choice) choice.checked = true;
    this.line(`Brought back from this browser, ${time(kept.at)}`);
    this.saveOnServer();
  }

  async sendDraft({ keep = false } = {}) {
    const text = this.text.value;
    if (text === this.saved || !this.form.isConnected) return;
    try {
      const answer = await post(this.form.dataset.draftUrl, { text, kind: this.kind, client_key: this.form.elements.client_key.value }, { keep });
      if (!answer.ok) throw new Error(String(answer.status));
      this.saved = text;
      const where = /note|private/.test(this.kind) ? "Kept in this browser," : "Saved";
      this.line(text.trim() ? `${where} ${time(Date.now())}` : "");
    } catch {
      this.line("Kept in this browser; the server does not answer");
    }
  }

  count() {
    const limit = Number(this.kind === "public" && this.form.dataset.limit);
    if (limit) this.showLeft(limit - graphemes(this.text.value));
  }

  showLeft(left) {
    const counter = this.form.querySelector("[data-counter]");
    counter.textContent = left < 0 ? `${-left} too many` : `${left} left`;
    counter.classList.toggle("over", left < 0);
    counter.classList.toggle("near", left >= 0 && left <= 20);
  }

  before() {
    return this.text.value.slice(0, this.text.selectionStart);
  }

  /** A chosen name replaces what was typed. */
  insert(name) {
    const before = this.before();
    this.text.setRangeText(name, before.search(/@[^@]*$/), before.length, "end");
    this.text.focus();
    this.changed();
  }

  async preview() {
    const box = this.form.querySelector("[data-preview]");
    this.previewing?.abort();
    this.previewing = new AbortController();
    try {
      const answer = await post(this.form.dataset.previewUrl, { text: this.text.value, kind: this.kind, word: this.before().match(/\S*$/)[0] }, { signal: this.previewing.signal });
      if (!answer.ok) return;
      await window.htmx.swap({ text: await answer.text(), target: box, swap: "innerMorph", sourceElement: box });
      const left = box.querySelector("[data-left]");
      if (left) this.showLeft(Number(left.dataset.left));
    } catch { /* replaced, or offline: the estimate stands */ }
  }

  pressed(event) {
    if (event.isComposing) return;
    if (event.key === "Escape" && this.again?.firstElementChild) {
      this.rewrite();
    } else if (event.key === "Escape" && event.target === this.text) {
      this.keep();
      this.text.blur();
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.altKey) {
      event.preventDefault();
      this.goOn(event.shiftKey);
    } else if (event.key === "Enter" && event.target.matches("input")) {
      event.preventDefault(); // plain Enter never sends
    }
  }

  /** Where an answer is read again before it is sent; empty while one writes. */
  get again() {
    return this.form.querySelector("[data-reread]");
  }

  /** From the re-read view back to the text, at the words in question. */
  rewrite(from = this.text.value.length, to = from) {
    this.again.replaceChildren();
    this.text.focus();
    this.text.setSelectionRange(from, to);
  }

  /** With `next`, what needs an answer next opens then. */
  goOn(next = false) {
    this.next = next;
    this.keep();
    [...this.form.querySelectorAll("[data-primary]")].filter(visible).at(-1)?.click();
  }

  accepted() {
    this.text.value = "";
    this.saved = "";
    this.keep();
    this.form.querySelector("[data-client-key]").value = uuid();
    this.form.querySelector("[data-preview]").replaceChildren();
    this.line("");
    this.count();
    // Off the field: the next key is a command again (z takes the answer back, ] goes on).
    if (this.form.contains(document.activeElement)) document.getElementById("messages")?.focus({ preventScroll: true });
    this.again?.replaceChildren();
    if (this.next) document.querySelector("[data-next]")?.click();
    this.next = false;
  }

  failed() {
    const notice = this.form.querySelector("[data-notice]");
    const banner = document.createElement("div"), words = document.createElement("p"), again = document.createElement("button");
    banner.className = "banner stop";
    banner.setAttribute("role", "alert");
    words.textContent = "The server does not answer. Your text is kept here; sending it twice does no harm.";
    again.type = "button";
    again.className = "button small";
    again.textContent = "Try again";
    again.addEventListener("click", () => { notice.replaceChildren(); this.goOn(); });
    banner.append(words, again);
    notice.replaceChildren(banner);
    this.keep();
  }
}

const composers = new Map();
const of = (element) => composers.get(element?.closest?.("[data-composer]"));

onContent(() => {
  for (const form of document.querySelectorAll("[data-composer]")) {
    if (known.has(form)) continue;
    known.add(form);
    composers.set(form, new Composer(form));
  }
  const fresh = document.querySelector("[data-rereading]:not([data-met])");
  if (fresh) { fresh.dataset.met = ""; fresh.focus({ preventScroll: true }); }
  for (const form of composers.keys()) if (!form.isConnected) composers.delete(form);
});

document.addEventListener("harken:accepted", ({ detail, target }) => {
  const form = document.querySelector(`[data-composer][data-conversation="${CSS.escape(String(detail.conversation))}"]`);
  (of(target) ?? composers.get(form))?.accepted();
  if (!form) localStorage.removeItem(`harken.draft.${document.body.dataset.user}.${detail.conversation}`);
});
document.addEventListener("htmx:before:request", ({ detail }) => of(detail.ctx.sourceElement)?.keep());
document.addEventListener("htmx:error", ({ detail }) => {
  if (detail.ctx && !detail.ctx.response) of(detail.ctx.sourceElement)?.failed();
});
// Before another conversation takes this place, and before the page goes: the last words too.
const lastWords = (one) => { one.keep(); one.sendDraft({ keep: true }); };
document.addEventListener("htmx:before:swap", ({ detail }) => {
  for (const one of composers.values()) {
    if (detail.tasks.some(({ target }) => target !== one.form && target?.contains?.(one.form))) lastWords(one);
  }
});
addEventListener("pagehide", () => composers.forEach(lastWords));

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-then-next]")) return of(event.target).goOn(true);
  if (event.target.closest("[data-rewrite]")) return of(event.target).rewrite();
  const words = event.target.closest("[data-show]");
  if (words) return of(words).rewrite(...words.dataset.show.split(","));
  const offer = event.target.closest("[data-insert]");
  if (offer) return of(offer).insert(offer.dataset.insert);
  const opener = event.target.closest("[data-compose]");
  const form = opener && document.querySelector("[data-composer]");
  if (!form) return undefined;
  const choice = form.querySelector(`[name=kind][value="${CSS.escape(opener.dataset.compose)}"]`);
  if (choice && !choice.checked) { choice.checked = true; choice.dispatchEvent(new Event("input", { bubbles: true })); }
  form.querySelector("[data-text]").focus();
});
