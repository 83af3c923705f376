import { useChat } from '@parley/react'
import { useEffect } from 'react'
import { noticesSince, seenOf, showNotice } from './notices.ts'

const mayNotify = (): boolean =>
  document.hidden && 'Notification' in window && Notification.permission === 'granted'

/** Tells of new messages while the page is hidden, where the person has allowed it. */
export function useNotices(): void {
  const { rooms, me, presence } = useChat()
  useEffect(() => {
    let seen = seenOf(rooms.list.current.rooms)
    return rooms.list.subscribe(() => {
      const list = rooms.list.current.rooms
      const isWanted = mayNotify() && presence.mine.current?.status !== 'dnd'
      const notices = isWanted ? noticesSince(seen, list, me.current?.id ?? null) : []
      seen = seenOf(list)
      for (const notice of notices) void showNotice(notice).catch(() => {})
    })
  }, [rooms, me, presence])
}
