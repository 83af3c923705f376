import { useRoom, useUnread } from '@parley/react'
import { useEffect } from 'react'
import { roomTitle } from './room-title.ts'

const BUBBLE =
  'M18 17h28a7 7 0 0 1 7 7v14a7 7 0 0 1-7 7H33l-11 9v-9h-4a7 7 0 0 1-7-7V24a7 7 0 0 1 7-7z'

/** The icon of the tab, with a dot when something is unread: red when it is for me. */
function faviconHref(unread: number, mentions: number): string {
  if (unread === 0) return '/favicon.svg'
  const dot = mentions > 0 ? '#e0374a' : '#f2a33a'
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">` +
    `<rect width="64" height="64" rx="16" fill="#4f5bd5"/><path d="${BUBBLE}" fill="#fff"/>` +
    `<circle cx="49" cy="15" r="14" fill="${dot}" stroke="#fff" stroke-width="3"/></svg>`
  return `data:image/svg+xml,${encodeURIComponent(svg)}`
}

/** `(3) Kitchen · Parley`: what is for me, else whether there is something. */
function pageTitle(room: string | null, unread: number, mentions: number): string {
  const mark = mentions > 0 ? `(${mentions}) ` : unread > 0 ? '• ' : ''
  return `${mark}${room === null ? 'Parley' : `${room} · Parley`}`
}

export function usePageTitle(roomId: string | null): void {
  const { messages, mentions } = useUnread()
  const { info } = useRoom(roomId ?? '')
  const room = roomId === null || info === null ? null : roomTitle(info)
  const hasUnread = messages > 0
  useEffect(() => {
    document.title = pageTitle(room, messages, mentions)
  }, [room, messages, mentions])
  useEffect(() => {
    const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]')
    if (icon !== null) icon.href = faviconHref(hasUnread ? 1 : 0, mentions)
  }, [hasUnread, mentions])
  useEffect(
    () => () => {
      document.title = 'Parley'
      const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]')
      if (icon !== null) icon.href = '/favicon.svg'
    },
    [],
  )
}
