// Ctrl/⌘+K: the page's own commands and the server's list (views, people, conversations) in one place.
import Combobox from "../vendor/combobox-nav.js";
import { visible } from "./page.js";
import { caps, keysOfPage } from "./sheet.js";

const PAUSE = 80;
const dialog = document.getElementById("palette");
const input = dialog?.querySelector("[data-palette-input]");
const options = dialog?.querySelector("[data-palette-options]");
let combobox, timer, asked, commands = [];

/** Are the letters of `query` in `text`, in their order? */
function matches(query, text) {
  let from = 0;
  for (const letter of query.toLowerCase().replace(/\s/g, "")) {
    from = text.toLowerCase().indexOf(letter, from) + 1;
    if (!from) return false;
  }
  return true;
}

function commandLines(query) {
  return commands.filter(({ label }) => matches(query, label)).slice(0, 8).map((command, index) => {
    const line = document.createElement("li"), name = document.createElement("span");
    line.id = `palette-command-${index}`;
    line.setAttribute("role", "option");
    name.textContent = command.label;
    line.append(name, caps(command.combo));
    line.run = () => command.element.click();
    return line;
  });
}

function show(lines, complete) {
  options.replaceChildren(...lines);
  [...options.querySelectorAll("[role=option]:not([id])")].forEach((line, index) => { line.id = `palette-found-${index}`; });
  dialog.querySelector("[data-palette-none]").hidden = lines.length > 0 || !complete;
  combobox.resetSelection();
}

async function ask() {
  const query = input.value.trim();
  const own = commandLines(query);
  show(own, false);
  asked?.abort();
  asked = new AbortController();
  try {
    const url = new URL(document.body.dataset.paletteUrl, location.href);
    url.searchParams.set("q", query);
    const answer = await fetch(url, { headers: { "HX-Request": "true" }, signal: asked.signal });
    if (!answer.ok) return;
    const box = document.createElement("template");
    box.innerHTML = await answer.text();
    show([...own, ...box.content.querySelectorAll("li")], true);
  } catch (problem) {
    if (problem.name !== "AbortError") show(own, true); // offline: the page's own commands still work
  }
}

if (dialog) {
  combobox = new Combobox(input, options, { tabInsertsSuggestions: false, firstOptionSelectionMode: "selected" });
  dialog.addEventListener("harken:show", () => {
    commands = keysOfPage().filter(({ element }) => element && visible(element) && !element.disabled && !element.matches("[data-open=palette]"));
    input.value = "";
    combobox.start();
    ask();
  });
  // The event comes late: by then the palette may be open again.
  dialog.addEventListener("close", () => { if (!dialog.open) combobox.stop(); });
  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, PAUSE); });
  input.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  options.addEventListener("combobox-commit", (event) => {
    const line = event.target.closest("[role=option]");
    dialog.close();
    if (line.run) line.run();
    else location.assign(line.dataset.href ?? line.querySelector("a").href);
  });
}
