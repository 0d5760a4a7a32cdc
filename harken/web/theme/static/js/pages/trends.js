// The trends: what changed is fetched anew soon after posts or storms come, and at least each minute.
import { calmly } from "../page.js";

const SOON = 1500, PAUSE = 10000, MINUTE = 60000;
const OF_ITSELF = new Set(["MentionHeard", "AuthorsNamed", "MessageReceived", "MessageDeleted", "StormRaised", "StormGrew", "StormEnded", "MonitorSaved", "MonitorSwitched", "MonitorRetired"]);

const refresh = calmly(async () => {
  const box = document.querySelector("[data-trends]");
  if (!box || document.hidden) return;
  const open = [...box.querySelectorAll("details[open]")].map((each) => each.id);
  await window.htmx.ajax("GET", location.pathname + location.search, { source: box, target: box, swap: "innerMorph", push: "false", quiet: true });
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
}, SOON, PAUSE);

document.addEventListener("harken:event", ({ detail }) => { if (OF_ITSELF.has(detail.kind)) refresh(); });
document.addEventListener("harken:reset", refresh);
document.addEventListener("visibilitychange", refresh);
setInterval(refresh, MINUTE);
