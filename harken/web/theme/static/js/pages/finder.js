// `/` at the start of a word in the composer finds saved answers: what follows it is looked up,
// arrows choose, Enter inserts, Escape leaves it as it was typed. Tab then walks through the holes.
import { post, say } from "../page.js";

const WAIT = 80;
const ASKED = /(?:^|\s)\/((?!\s)[^\n/]{0,60})$/, HOLE = /\{[^{}\n]{1,40}\}/g;

let open = null; // the finder of one composer while it shows something

class Finder {
  constructor(box) {
    this.box = box;
    this.text = box.closest("form").querySelector("[data-text]");
  }

  /** What stands behind the last slash before the caret; null when nobody looks for anything. */
  get asked() {
    const form = this.box.closest("form");
    if (form.querySelector("[name=kind]:checked")?.value === "note") return null;
    const found = ASKED.exec(this.text.value.slice(0, this.text.selectionStart));
    if (!found) return null;
    const signs = `/${found[1]}`.toLowerCase();
    return found[1] && this.box.dataset.signature.toLowerCase().startsWith(signs) ? null : found[1];
  }

  get options() {
    return [...this.box.querySelectorAll("[role=option]")];
  }

  get chosen() {
    return this.box.querySelector("[aria-selected=true]");
  }

  typed() {
    clearTimeout(this.timer);
    const { asked } = this;
    if (asked === null) { this.left = null; return this.close(); }
    if (this.left !== null && this.left === this.slash) return undefined;
    this.timer = setTimeout(() => this.look(asked), WAIT);
    return undefined;
  }

  get slash() {
    return this.text.value.slice(0, this.text.selectionStart).lastIndexOf("/");
  }

  async look(asked) {
    this.looking?.abort();
    this.looking = new AbortController();
    try {
      const url = `${this.box.dataset.url}?q=${encodeURIComponent(asked)}`;
      const answer = await fetch(url, { headers: { "HX-Request": "true" }, signal: this.looking.signal });
      if (!answer.ok || this.asked !== asked) return;
      await window.htmx.swap({ text: await answer.text(), target: this.box, swap: "innerHTML", sourceElement: this.box });
      if (!this.options.length) { this.close(); this.box.hidden = asked !== ""; return; }
      open = this;
      this.box.hidden = false;
      this.text.setAttribute("aria-controls", this.box.firstElementChild.id);
      this.choose(this.options[0]);
      say(`${this.options.length} saved answers. Arrows choose, Enter inserts.`);
    } catch { /* replaced by a newer one, or offline: the text stays as it is */ }
  }

  choose(option) {
    this.chosen?.setAttribute("aria-selected", "false");
    option.setAttribute("aria-selected", "true");
    this.text.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  step(by) {
    const { options } = this;
    this.choose(options[(options.indexOf(this.chosen) + by + options.length) % options.length]);
  }

  close() {
    this.looking?.abort();
    this.box.hidden = true;
    this.text.removeAttribute("aria-activedescendant");
    this.text.removeAttribute("aria-controls");
    if (open === this) open = null;
  }

  insert(option) {
    const { text, answer, ended } = option.dataset, from = this.slash;
    this.text.setRangeText(text, from, this.text.selectionStart, "end");
    this.close();
    this.text.focus();
    this.warn(ended);
    toHole(this.text, from, 1);
    this.text.dispatchEvent(new Event("input", { bubbles: true }));
    post(this.box.dataset.begin, { answer }, { keep: true }).catch(() => {}); // a count, no more
    const open = text.match(HOLE)?.length ?? 0;
    say(open ? `Inserted. ${open} to fill in, Tab goes to the next.` : "Inserted.");
  }

  warn(ended) {
    if (!ended) return;
    const banner = document.createElement("div"), words = document.createElement("p");
    banner.className = "banner soon";
    banner.setAttribute("role", "alert");
    words.textContent = ended;
    banner.append(words);
    this.box.closest("form").querySelector("[data-notice]").replaceChildren(banner);
  }
}

/** Select the next hole from here (or the one before), from the other end when there is none. */
function toHole(text, from, by) {
  const holes = [...text.value.matchAll(HOLE)];
  const next = by > 0 ? holes.find((hole) => hole.index >= from) : holes.findLast((hole) => hole.index < from);
  const hole = next ?? holes.at(by > 0 ? 0 : -1);
  const end = hole && hole.index + hole[0].length;
  // The one that is selected already is no next one: Tab then leaves the field as ever.
  if (!hole || (text.selectionStart === hole.index && text.selectionEnd === end)) return false;
  text.setSelectionRange(hole.index, end);
  return true;
}

const finders = new WeakMap();
function of(element) {
  const box = element?.closest?.("[data-composer]")?.querySelector("[data-finder]");
  if (box && !finders.has(box)) finders.set(box, new Finder(box));
  return finders.get(box);
}

document.addEventListener("input", (event) => { if (event.target.matches("[data-text]")) of(event.target)?.typed(); });

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || !event.target.matches?.("[data-text]")) return;
  const { key, shiftKey, target } = event;
  if (open && open.text === target) {
    if (key === "ArrowDown" || key === "ArrowUp") open.step(key === "ArrowDown" ? 1 : -1);
    else if (key === "Enter" && !shiftKey) open.insert(open.chosen);
    else if (key === "Escape") { open.left = open.slash; open.close(); }
    else return;
  } else if (key === "Tab" && of(target)) {
    if (!toHole(target, shiftKey ? target.selectionStart : target.selectionEnd, shiftKey ? -1 : 1)) return;
  } else return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);

document.addEventListener("focusout", (event) => { if (event.target.matches?.("[data-text]")) of(event.target)?.close(); });
document.addEventListener("pointerdown", (event) => { if (event.target.closest("[data-finder]")) event.preventDefault(); });
document.addEventListener("click", (event) => {
  const option = event.target.closest("[data-finder] [role=option]");
  if (option) return of(option).insert(option);
  const finder = event.target.closest("[data-find]") && of(event.target);
  if (!finder) return undefined;
  const { text } = finder, before = text.value.slice(0, text.selectionStart);
  finder.left = null;
  text.focus();
  text.setRangeText(before && !/\s$/.test(before) ? " /" : "/", text.selectionStart, text.selectionEnd, "end");
  return text.dispatchEvent(new Event("input", { bubbles: true }));
});
