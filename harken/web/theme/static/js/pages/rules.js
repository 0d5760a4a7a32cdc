// The rules pages. In the list Shift+Up and Shift+Down move the rule that has the focus; in the
// form the newest row gets the focus, and whatever is typed after a trial must be tried again.

const MOVES = { ArrowUp: "[data-up]", ArrowDown: "[data-down]" };

document.addEventListener("keydown", (event) => {
  const rule = event.shiftKey && event.target.closest("[data-rule]");
  const button = rule && MOVES[event.key] && rule.querySelector(MOVES[event.key]);
  if (!button || button.disabled) return;
  event.preventDefault();
  button.click();
});

document.addEventListener("input", (event) => {
  const form = event.target.closest("[data-rule-form]");
  if (!form || /^new_/.test(event.target.name)) return;
  form.querySelector("[data-save]").disabled = true;
  form.querySelector("[data-stale]").hidden = false;
});

document.addEventListener("htmx:after:swap", () => {
  document.querySelector("[data-fresh] :is(input:not([type=hidden]), textarea, .asks > select:last-of-type)")?.focus();
  document.querySelector(".trial")?.scrollIntoView({ block: "nearest" });
});

document.querySelector("[data-rule]:target [data-first]")?.focus();
