// Keys come from the page: a key presses the visible element whose data-hotkey names it.
// They rest in fields, while composing, while a dialog is open (its own still work), and single
// characters rest altogether when <html data-keys="off">.
import { isField, onContent, visible } from "./page.js";

const WAIT = 1500;
const isMac = /Mac|iPod|iPhone|iPad/.test(navigator.platform);
const HELD = ["Control", "Alt", "Meta", "Shift"];
const SPELLED = { " ": "Space", "+": "Plus" };
let begun = "";
let timer = 0;

/** A combination as key presses are named: Mod is the platform's, modifiers stand in one order. */
const rank = (part) => (HELD.includes(part) ? HELD.indexOf(part) : HELD.length);
const named = (combo) => combo.split(" ").map((step) => step.replace("Mod", isMac ? "Meta" : "Control")
  .split("+").sort((one, other) => rank(one) - rank(other)).join("+")).join(" ");

/** The names under which a key press may be written in data-hotkey. */
function namesOf(event) {
  const plain = [...HELD.filter((one) => event.getModifierState(one)), SPELLED[event.key] ?? event.key].join("+");
  const names = [plain];
  // "?" is Shift+/ on one keyboard and a key of its own on another.
  if (event.shiftKey && event.key.length === 1 && event.key.toLowerCase() === event.key.toUpperCase()) {
    names.push(plain.replace("Shift+", ""));
  }
  // Letters by their place, when a modifier is held or the layout has no Latin letters.
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1];
  if (letter && (event.ctrlKey || event.metaKey || event.altKey || !/^[a-z]$/i.test(event.key))) {
    const place = plain.slice(0, plain.length - event.key.length) + (event.shiftKey ? letter : letter.toLowerCase());
    if (!names.includes(place)) names.push(place);
  }
  return names;
}

export const combosOf = (element) => element.dataset.hotkey.split(",").filter(Boolean);

/** The elements keys may press just now, visible ones first. */
function bound() {
  const within = document.querySelector("dialog:modal") ?? document;
  const usable = [...within.querySelectorAll("[data-hotkey]")].filter(
    (element) => !element.disabled && !element.closest("[hidden], [inert], dialog:not([open])"),
  );
  return [...usable.filter(visible), ...usable.filter((element) => !visible(element))];
}

function press(element) {
  if (!isField(element)) return element.click();
  element.focus();
  element.select?.();
}

function forget() {
  clearTimeout(timer);
  begun = "";
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.repeat) return;
  if (event.getModifierState("AltGraph") || ["Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
  const held = event.ctrlKey || event.metaKey;
  const inField = isField(event.target);
  if ((inField && !held) || (!held && document.documentElement.dataset.keys === "off")) return forget();
  const tried = namesOf(event).map((name) => (begun ? `${begun} ${name}` : name));
  let starts = "";
  for (const element of bound()) {
    if (inField && !("hotkeyAnywhere" in element.dataset)) continue;
    for (const combo of combosOf(element).map(named)) {
      if (tried.includes(combo)) {
        event.preventDefault();
        forget();
        return press(element);
      }
      starts ||= tried.find((name) => combo.startsWith(`${name} `)) ?? "";
    }
  }
  forget();
  if (!starts) return;
  begun = starts;
  timer = setTimeout(forget, WAIT);
});

onContent(() => {
  for (const element of document.querySelectorAll("[data-hotkey]:not([aria-keyshortcuts])")) {
    const single = combosOf(element).filter((combo) => !combo.includes(" "));
    if (single.length) element.setAttribute("aria-keyshortcuts", single.map(named).join(" "));
  }
  if (!isMac) return;
  for (const cap of document.querySelectorAll("kbd")) {
    if (cap.textContent.startsWith("Ctrl ")) cap.textContent = cap.textContent.replace("Ctrl ", "⌘");
  }
});
