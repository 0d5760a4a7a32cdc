// The sheet behind "?": written from what the page has, so it cannot tell a key that is not there.
import { combosOf } from "./hotkeys.js";

const GROUPS = [[".composer", "Your answer"], [".list", "List"], [".thread, .actions", "Conversation"], [".views", "Go to"]];
const ELSEWHERE = "Everywhere";
const declared = [];

/** Tell the sheet of a key that no element carries; `where` is a selector that must be on the page. */
export function declare(group, combo, label, where) {
  declared.push({ group, combo, label, where });
}

export const labelOf = (element) =>
  element.dataset.label || element.getAttribute("aria-label") || element.title || element.textContent.trim();

/** Every key of the page: {group, combo, label, element}. */
export function keysOfPage() {
  const found = [];
  for (const element of document.querySelectorAll("[data-hotkey], [data-hotkey-shown]")) {
    if (element.closest("[inert], dialog")) continue;
    const group = GROUPS.find(([place]) => element.closest(place))?.[1] ?? ELSEWHERE;
    const combo = element.dataset.hotkeyShown ?? combosOf(element)[0];
    if (!found.some((other) => other.combo === combo && other.group === group)) {
      found.push({ group, combo, label: labelOf(element), element });
    }
  }
  return [...found, ...declared.filter(({ where }) => document.querySelector(where))];
}

const NAMES = { Enter: "↵", Escape: "Esc", Shift: "⇧", Control: "Ctrl" };

/** The key caps of a combination such as "Mod+Enter" or "g i". */
export function caps(combo) {
  const mod = /Mac|iP/.test(navigator.platform) ? "⌘" : "Ctrl";
  const line = document.createElement("span");
  line.className = "caps";
  for (const step of combo.split(" ")) {
    const cap = document.createElement("kbd");
    const parts = step.split("+").map((part) => (part === "Mod" ? mod : NAMES[part] ?? part));
    cap.textContent = parts.length > 1 ? parts.join(" ").replace(/ (.)$/, (last) => last.toUpperCase()) : parts[0];
    line.append(cap);
  }
  return line;
}

function section(title, keys) {
  const part = document.createElement("section");
  const heading = document.createElement("h3");
  heading.textContent = title;
  const list = document.createElement("dl");
  for (const { combo, label } of keys) {
    const line = document.createElement("div"), term = document.createElement("dt"), what = document.createElement("dd");
    term.textContent = label;
    what.append(caps(combo));
    line.append(term, what);
    list.append(line);
  }
  part.append(heading, list);
  return part;
}

document.getElementById("sheet")?.addEventListener("harken:show", (event) => {
  const keys = keysOfPage();
  const titles = [...new Set(keys.map(({ group }) => group))];
  event.target.querySelector("[data-sheet]").replaceChildren(
    ...titles.map((title) => section(title, keys.filter(({ group }) => group === title))),
  );
});
