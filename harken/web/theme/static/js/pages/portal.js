// A private talk: looks again every two seconds, and sends without leaving the page.
const log = document.querySelector("[data-said]"), form = document.querySelector("[data-say]");
const SEEN = 2000, HIDDEN = 15000, WAIT = 12000;

document.cookie = `zone=${Intl.DateTimeFormat().resolvedOptions().timeZone}; path=/; max-age=31536000; samesite=lax`;
const down = () => { log.scrollTop = log.scrollHeight; };
const lost = (is) => { document.querySelector("[data-lost]").hidden = !is; };
const newest = (within) => [...within.querySelectorAll(".bubble")].at(-1)?.id;

function show(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").body;
  if (newest(fresh) === newest(log) && fresh.querySelectorAll(".bubble").length === log.querySelectorAll(".bubble").length) return;
  log.replaceChildren(...fresh.childNodes);
  down();
}

async function ask(url, options = {}) {
  const answer = await fetch(url, { ...options, credentials: "same-origin", signal: AbortSignal.timeout(WAIT) });
  if (answer.status === 404 || answer.status === 429) location.reload();
  if (!answer.ok) throw new Error(String(answer.status));
  lost(false);
  return answer.text();
}

async function look() {
  try { show(await ask(log.dataset.said)); } catch { lost(true); }
  setTimeout(look, document.hidden ? HIDDEN : SEEN);
}

async function send(event) {
  const text = form.elements.text;
  event.preventDefault();
  if (form.ariaBusy === "true" || !text.value.trim()) return;
  form.ariaBusy = "true";
  try {
    const html = await ask(form.action, { method: "POST", body: new FormData(form), headers: { "X-Part": "said" } });
    show(html);
    form.elements.client_key.value = new DOMParser().parseFromString(html, "text/html").querySelector("[data-fresh-key]").dataset.freshKey;
    text.value = "";
  } catch (error) {
    // Refused with a reason: the whole page says it. Otherwise the same key makes a second try harmless.
    if (/^4/.test(error.message)) form.submit(); else lost(true);
  }
  form.ariaBusy = "false";
  text.focus();
}

if (log) {
  down();
  setTimeout(look, SEEN);
  form.addEventListener("submit", send);
  form.elements.text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
}
