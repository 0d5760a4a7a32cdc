// Everything that ticks, by one timer: data-due, data-since, data-until. Same words as words.py.
import { say } from "./page.js";

const MINUTE = 60, HOUR = 3600, DAY = 86400;
let skew = 0;
let overdue = 0;

/** The server's time in milliseconds: a wrong clock on a desk must not move a promise. */
export const serverNow = () => Date.now() + skew;

export function face(seconds) {
  const whole = Math.floor(Math.abs(seconds));
  const pad = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(whole / HOUR), minutes = Math.floor(whole / MINUTE) % 60;
  const shown = hours ? `${hours}:${pad(minutes)}:${pad(whole % 60)}` : `${minutes}:${pad(whole % 60)}`;
  return (seconds < 0 ? "−" : "") + shown;
}

function tickDue(element, now) {
  const rest = (Date.parse(element.dataset.due) - now) / 1000;
  if (rest > DAY) return;
  const part = Math.min(1, Math.max(0, rest / Math.max(1, Number(element.dataset.seconds))));
  const state = rest < 0 ? "late" : part <= 0.75 ? "soon" : "calm";
  const clock = element.querySelector("[data-clock]");
  const shown = face(rest);
  if (clock.textContent !== shown) clock.textContent = shown;
  element.querySelector(".part").setAttribute("stroke-dasharray", `${rest < 0 ? 100 : Math.round(part * 100)} 100`);
  if (element.classList.contains(state)) return;
  if (state === "late" && element.closest("[data-list]")) overdue += 1;
  element.classList.remove("calm", "soon", "late");
  element.classList.add(state);
  element.querySelector("[data-clock-word]").textContent = state === "late" ? "late" : "left";
}

function tickSince(element, now) {
  const passed = Math.max(0, Math.floor((now - Date.parse(element.dataset.since)) / 1000));
  if (passed >= DAY) return;
  const shown = passed < MINUTE ? `${passed} s` : passed < HOUR ? `${Math.floor(passed / MINUTE)} min` : `${Math.floor(passed / HOUR)} h`;
  if (element.textContent !== shown) element.textContent = shown;
}

function tick() {
  const now = serverNow();
  for (const element of document.querySelectorAll("[data-due]")) tickDue(element, now);
  for (const element of document.querySelectorAll("[data-since]")) tickSince(element, now);
  for (const element of document.querySelectorAll("[data-until]")) {
    const shown = String(Math.max(0, Math.ceil((Date.parse(element.dataset.until) - now) / 1000)));
    if (element.textContent !== shown) element.textContent = shown;
  }
  if (overdue) say(overdue === 1 ? "Time is up for one conversation" : `Time is up for ${overdue} conversations`, "assertive");
  overdue = 0;
}

// A page brought back by the history button carries an old server time: believe the desk then.
const [navigation] = performance.getEntriesByType("navigation");
if (navigation?.type !== "back_forward" && document.body.dataset.now) {
  const drawn = performance.timeOrigin + (navigation?.responseStart ?? 0);
  const difference = Date.parse(document.body.dataset.now) - drawn;
  if (Math.abs(difference) > 2000) skew = difference;
}
tick();
setInterval(tick, 1000);
document.addEventListener("htmx:after:swap", tick);
