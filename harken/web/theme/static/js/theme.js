// data-toggle-theme: light ↔ dark at once, and the choice is kept on the server.
import { post, say } from "./page.js";

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-toggle-theme]")) return;
  const root = document.documentElement;
  const dark = root.dataset.theme === "dark" || (root.dataset.theme === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
  root.dataset.theme = dark ? "light" : "dark";
  document.querySelector("meta[name=color-scheme]").content = root.dataset.theme;
  say(dark ? "Light colours" : "Dark colours");
  post(document.body.dataset.themeUrl, { theme: root.dataset.theme }).catch(() => {}); // only this page has it then
});
