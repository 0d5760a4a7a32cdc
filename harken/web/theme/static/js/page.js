// What several behaviours need.

// Which time zone the browser is in: the server reads and writes times in it (web/zones.py).
document.cookie = `zone=${Intl.DateTimeFormat().resolvedOptions().timeZone};path=/;max-age=31536000;samesite=lax`;

/** Put a sentence into the polite (or assertive) live region. Same words twice are still read. */
export function say(text, level = "polite") {
  const region = document.querySelector(`[data-say="${level}"]`);
  if (!region) return;
  region.textContent = "";
  setTimeout(() => { region.textContent = text; }, 50);
}

/** POST fields like a form does; `keep` lets it finish while the page goes away. */
export function post(url, fields, { keep = false, signal } = {}) {
  return fetch(url, {
    method: "POST",
    body: new URLSearchParams(fields),
    headers: { "X-CSRFToken": document.body.dataset.csrf, "HX-Request": "true" },
    keepalive: keep,
    signal,
  });
}

/** Can the person see it? */
export const visible = (element) => element.checkVisibility({ visibilityProperty: true });

/** Does typing belong to this element? */
export function isField(element) {
  if (!(element instanceof HTMLElement)) return false;
  if (element.isContentEditable || element.matches("textarea, select")) return true;
  return element.matches("input:not([type=checkbox], [type=radio], [type=submit], [type=button], [type=reset], [type=file])");
}

/** Run `ready` now and again after every swap. */
export function onContent(ready) {
  ready();
  document.addEventListener("htmx:after:swap", ready);
}

/** Call `work` soon, at most once per `pause` ms; calls in between are one call. */
export function calmly(work, first, pause) {
  let timer = null, last = 0;
  return () => {
    if (timer !== null) return;
    const wait = Math.max(first, last + pause - Date.now());
    timer = setTimeout(() => { timer = null; last = Date.now(); work(); }, wait);
  };
}

/** A random key, also where the page does not come over https (no crypto.randomUUID there). */
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
