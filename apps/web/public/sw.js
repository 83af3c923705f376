// Shows what is pushed while no page is open, and takes away what was read elsewhere.
// docs/notifications.md says what a push holds.

self.addEventListener('install', () => self.skipWaiting())
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))

self.addEventListener('push', (event) => {
  if (event.data) event.waitUntil(heed(event.data.json()))
})

async function heed(push) {
  if (push.type === 'clear') {
    const shown = await self.registration.getNotifications({ tag: push.roomId })
    // A newer one may have come first.
    shown.filter(({ data }) => data.seq <= push.seq).forEach((one) => one.close())
    return
  }
  const pages = await self.clients.matchAll({ type: 'window' })
  // Who looks at the page sees it there.
  const isSeen = pages.some((page) => page.focused)
  await self.registration.showNotification(push.title, {
    body: push.body,
    tag: push.roomId,
    renotify: !isSeen,
    silent: isSeen,
    icon: '/favicon.svg',
    data: { roomId: push.roomId, seq: push.seq },
  })
}

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  const { roomId, seq } = event.notification.data
  event.waitUntil(open(`/#/rooms/${roomId}/messages/${seq}`))
})

async function open(path) {
  const [page] = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  if (page === undefined) return self.clients.openWindow(path)
  await page.navigate(path)
  return page.focus()
}
