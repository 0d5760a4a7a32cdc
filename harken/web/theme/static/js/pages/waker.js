// The service worker: shows what the push service brings, and opens it. It answers no requests, so
// the narrow scope of this folder is enough; it may still find and open the desk's windows.
const windows = () => self.clients.matchAll({ type: "window", includeUncontrolled: true });

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  const { title, body, tag, url } = event.data.json();
  event.waitUntil((async () => {
    // Who looks at the desk sees the bell; a browser forgives silence only then.
    if ((await windows()).some((one) => one.focused)) return;
    await self.registration.showNotification(title, { body, tag, icon: "/static/mark.svg", data: { url } });
  })());
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const url = new URL(event.notification.data.url, self.location.origin).href;
  event.waitUntil((async () => {
    const [open] = await windows();
    if (!open) return self.clients.openWindow(url);
    await open.focus();
    // Only a controlled window may be sent elsewhere; the desk is not, so it gets a new one.
    return open.navigate(url).catch(() => self.clients.openWindow(url));
  })());
});
