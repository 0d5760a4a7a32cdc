// One stream of events per browser: the tab that holds the lock reads it and tells the others.
const LOST_AFTER = 3000, BEAT = 60000, KEPT = 500;

let last = "";          // newest position this tab has seen
let channel = null;
let lead = null;        // the reader, in the one tab that has it
let lost = false;
let here = {};          // conversation -> who is there; not history, so it has no position

/** Is position `a` after `b`? Positions are whole numbers joined by "-", like 8123-77. */
export function newer(a, b) {
  if (!b) return true;
  const left = a.split("-").map(Number), right = b.split("-").map(Number);
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference) return difference > 0;
  }
  return false;
}

const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

function receive({ id, data }) {
  if (id && !newer(id, last)) return;
  if (id) last = id;
  tell("harken:event", { ...data, id });
}

/** Who is where: all of it (`full`) or what changed; an empty list is nobody. */
function place(presence) {
  here = presence.full ? presence.here : { ...here, ...presence.here };
  tell("harken:presence", presence);
}

function showState(state) {
  if ((state === "lost") === lost) return;
  lost = state === "lost";
  const banner = document.querySelector("[data-lost]");
  if (banner) banner.hidden = !lost;
  tell("harken:live", { state });
}

/** Reads the stream, and answers tabs that ask what they missed. */
class Reader {
  constructor(url) {
    this.url = url;
    this.since = last;    // what `kept` reaches back to
    this.kept = [];
    this.failures = 0;
    this.open();
    setInterval(() => this.watch(), 10000);
    addEventListener("online", () => this.open());
    addEventListener("offline", () => this.fail());
  }

  open() {
    clearTimeout(this.again);
    this.source?.close();
    const url = new URL(this.url, location.href);
    if (last) url.searchParams.set("after", last);
    this.source = new EventSource(url);
    this.heard = 0;
    this.source.onopen = () => { this.failures = 0; clearTimeout(this.losing); this.losing = null; this.state("open"); };
    this.source.onmessage = (event) => this.take(event);
    this.source.addEventListener("beat", () => { this.heard = Date.now(); });
    this.source.addEventListener("presence", ({ data }) => this.place(JSON.parse(data)));
    this.source.addEventListener("reset", (event) => this.reset(event.lastEventId));
    this.source.onerror = () => this.fail();
  }

  take(event) {
    const message = { id: event.lastEventId, data: JSON.parse(event.data) };
    if (this.heard) this.heard = Date.now();
    if (message.id && !newer(message.id, last)) return;
    this.kept.push(message);
    if (this.kept.length > KEPT) this.since = this.kept.shift().id;
    receive(message);
    channel.postMessage({ event: message });
  }

  place(presence) {
    place(presence);
    channel.postMessage({ presence });
  }

  reset(id) {
    if (id) last = id;
    this.since = last;
    this.kept = [];
    channel.postMessage({ reset: last });
    tell("harken:reset", {});
  }

  fail() {
    this.losing ??= setTimeout(() => this.state("lost"), LOST_AFTER);
    if (this.source.readyState !== EventSource.CLOSED) return; // the browser tries again itself, with Last-Event-ID
    clearTimeout(this.again);
    const pause = Math.min(15000, 500 * 2 ** this.failures) * (0.75 + Math.random() / 2);
    this.failures += 1;
    this.again = setTimeout(() => this.open(), pause);
  }

  /** A line can die without a word: no beat for a minute means a new one. */
  watch() {
    if (this.heard && Date.now() - this.heard > BEAT) this.open();
  }

  state(state) {
    showState(state);
    channel.postMessage({ state });
  }

  catchUp(after) {
    if (lost) channel.postMessage({ state: "lost" });
    channel.postMessage({ presence: { full: true, here } });
    if (after && this.since && newer(this.since, after)) return channel.postMessage({ reset: last, of: after });
    for (const message of this.kept) if (!after || newer(message.id, after)) channel.postMessage({ event: message });
  }
}

function hear({ data: { event, reset, of, state, presence, hello } }) {
  if (hello !== undefined) return lead?.catchUp(hello);
  if (lead) return;
  if (event) receive(event);
  if (state) showState(state);
  if (presence) place(presence);
  if (reset !== undefined && (of === undefined || of === last)) {
    last = reset || last;
    tell("harken:reset", {});
  }
}

/** Start listening; a page without a signed-in user has no stream. */
export function connect() {
  const { liveUrl, liveAfter, user } = document.body.dataset;
  if (!liveUrl || !user) return;
  last = liveAfter ?? "";
  channel = new BroadcastChannel(`harken-live-${user}`);
  channel.onmessage = hear;
  const begin = () => { lead = new Reader(liveUrl); };
  // Without https (other than localhost) a browser has no locks: each tab reads for itself.
  if (!navigator.locks) return begin();
  navigator.locks.request(`harken-live-${user}`, () => { begin(); return new Promise(() => {}); });
  channel.postMessage({ hello: last });
}
