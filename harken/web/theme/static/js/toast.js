// Toasts go by themselves when their time is over, not while one points at them; "stop" ones stay.
import { serverNow } from "./clocks.js";

const LIFE = 7000;
const ICONS = { info: "info", done: "circle-check", soon: "clock", stop: "circle-alert" };
const born = new WeakMap();

/** Show a short message; `kind` is info, done, soon or stop. */
export function toast(text, kind = "info") {
  const box = document.getElementById("toasts");
  if (!box || [...box.querySelectorAll("p")].some((line) => line.textContent === text)) return;
  const sprite = document.querySelector(".toasts ~ dialog use").getAttribute("href").split("#")[0];
  const one = document.createElement("div");
  one.className = `toast ${kind}`;
  one.setAttribute("role", kind === "stop" ? "alert" : "status");
  one.dataset.toast = "";
  one.innerHTML = `<svg class="icon" aria-hidden="true"><use href="${sprite}#${ICONS[kind] ?? "info"}"></use></svg><p></p>
    <button type="button" class="button quiet bare" data-toast-close title="Dismiss"><svg class="icon" aria-hidden="true"><use href="${sprite}#x"></use></svg><span class="aside">Dismiss</span></button>`;
  one.querySelector("p").textContent = text;
  box.append(one);
}

function isOver(one) {
  if (one.dataset.toastUntil) return Date.parse(one.dataset.toastUntil) <= serverNow();
  if (one.classList.contains("stop") || one.matches(":hover, :focus-within")) return false;
  if (!born.has(one)) born.set(one, Date.now());
  return Date.now() - born.get(one) > LIFE;
}

setInterval(() => {
  for (const one of document.querySelectorAll("[data-toast]")) if (isOver(one)) one.remove();
}, 500);

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-toast-close]")) event.target.closest("[data-toast]").remove();
});
// Undone: the answer of the request says so; the countdown itself has nothing more to tell.
document.addEventListener("htmx:after:request", (event) => {
  const { sourceElement, response } = event.detail.ctx;
  if (sourceElement?.matches?.("[data-toast-undo]") && response.status < 400) sourceElement.closest("[data-toast]")?.remove();
});
document.addEventListener("harken:toast", (event) => toast(event.detail.text, event.detail.kind));
