// My notifications: waking this browser, and the time zone of quiet hours.
import { post } from "../page.js";

const card = document.querySelector("[data-push]");
const button = card.querySelector("[data-push-on]");
const words = card.querySelector("[data-push-words]");
const zone = document.querySelector("[data-quiet] [name=zone]");
if (!zone.value) zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone;

const say = (text) => { words.textContent = text; };
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));

/** A browser subscribes only once its worker is at work; `ready` would wait for a page in its scope. */
const atWork = (worker) => worker.state === "activated" || new Promise((done) => {
  worker.addEventListener("statechange", () => worker.state === "activated" && done());
});

async function wake() {
  if (await Notification.requestPermission() !== "granted") {
    return say("This browser does not let Harken notify you. Allow it beside the address, then try again.");
  }
  const registration = await navigator.serviceWorker.register(card.dataset.worker);
  await atWork(registration.active ?? registration.waiting ?? registration.installing);
  const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(card.dataset.key) });
  const { endpoint, keys } = subscription.toJSON();
  const answer = await post(card.dataset.save, { endpoint, ...keys });
  if (!answer.ok) return say(await answer.text());
  return location.reload();
}

async function begin() {
  if (!("serviceWorker" in navigator && "PushManager" in window)) {
    return say(isSecureContext ? "This browser cannot be woken. On an iPhone, add Harken to the home screen first." : "Browsers are woken only where Harken is reached by https.");
  }
  const known = await navigator.serviceWorker.getRegistration(card.dataset.worker);
  const endpoint = (await known?.pushManager.getSubscription())?.endpoint;
  const mine = endpoint && [...card.querySelectorAll("[data-endpoint]")].some((each) => each.dataset.endpoint === endpoint);
  button.hidden = Boolean(mine);
  say(mine ? "This browser is woken." : "This browser is not woken yet.");
}

button.addEventListener("click", () => wake().catch((error) => say(`It did not work: ${error.message}. Try again in a moment.`)));
begin();
