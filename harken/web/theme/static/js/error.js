// A request that failed says what happened to the work and what to do next.
import { toast } from "./toast.js";

const SENTENCES = {
  401: "You are signed out. Sign in in another tab; what you wrote is kept here.",
  403: "That is not yours to do, or the page is too old. Load it anew; what you wrote is kept here.",
  404: "That is not there any more. Load the page anew.",
  409: "Somebody was faster. Look at the conversation again; what you wrote is kept here.",
  413: "That is too large. Take a smaller picture.",
  422: "Something in the form is not right yet.",
  429: "Too many requests at once. Wait a moment, then try again.",
};

document.addEventListener("htmx:response:error", (event) => {
  const { sourceElement, response } = event.detail.ctx;
  const { status } = response;
  if (sourceElement?.closest?.(`[hx-status\\:${status}]`)) return; // the page has its own answer
  if (response.headers.get("HX-Trigger")?.includes("harken:toast")) return; // the server says it itself
  const reference = response.headers.get("X-Request-ID");
  const server = `The server could not do that. Try again; nothing you wrote is lost.${reference ? ` Reference ${reference}.` : ""}`;
  toast(SENTENCES[status] ?? (status >= 500 ? server : "That did not work. Load the page anew."), "stop");
});

document.addEventListener("htmx:error", (event) => {
  const { ctx } = event.detail;
  if (!ctx || ctx.response || ctx.quiet) return; // an answer came: the handler above spoke
  if (ctx.sourceElement?.matches?.("[data-composer]")) return; // the composer has its own banner
  toast("The server does not answer. What you wrote is kept; try again in a moment.", "stop");
});
