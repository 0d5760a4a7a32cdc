// The editor of a monitor: "Go there" puts the caret where a query cannot be read, and the field
// says of itself whether it can be read.

const field = () => document.querySelector("[data-query]");

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-go]");
  if (!button) return;
  // The server counts characters, a text field counts an emoji as two.
  const letters = [...field().value];
  const start = letters.slice(0, Number(button.dataset.go)).join("").length;
  const length = letters.slice(button.dataset.go, Number(button.dataset.go) + Number(button.dataset.length)).join("").length;
  field().focus();
  field().setSelectionRange(start, start + length);
});

function mark() {
  field()?.setAttribute("aria-invalid", Boolean(document.querySelector("[data-fault]")));
}

document.addEventListener("htmx:after:swap", mark);
mark();
