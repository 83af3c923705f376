import type { RoomListItem } from '@parley/client'
import { messageHref } from './route.ts'
import { roomTitle } from './room-title.ts'

/** Something to be told of while nobody looks at the page. */
export interface Notice {
  readonly roomId: string
  readonly seq: number
  readonly title: string
  readonly body: string
}

type Seen = ReadonlyMap<string, { readonly seq: number; readonly mentions: number }>

export const seenOf = (rooms: readonly RoomListItem[]): Seen =>
  new Map(
    rooms.map(({ info, latest }) => [
      info.id,
      { seq: latest?.seq ?? 0, mentions: info.me?.mentions ?? 0 },
    ]),
  )

/** What is new since `seen`, and of what this person wants to be told in that room. */
export function noticesSince(
  seen: Seen,
  rooms: readonly RoomListItem[],
  myId: string | null,
): readonly Notice[] {
  const notices: Notice[] = []
  for (const { info, latest } of rooms) {
    const before = seen.get(info.id)
    if (before === undefined || latest === null || info.me === undefined) continue
    if (latest.seq <= before.seq || latest.senderId === myId) continue
    const { notify, mentions } = info.me
    const isMention = mentions > before.mentions
    if (notify === 'none' || (notify === 'mentions' && !isMention)) continue
    const words = latest.text ?? 'sent something'
    notices.push({
      roomId: info.id,
      seq: latest.seq,
      title: info.kind === 'dm' ? latest.senderName : roomTitle(info),
      body: info.kind === 'dm' ? words : `${latest.senderName}: ${words}`,
    })
  }
  return notices
}

const BODY_LENGTH = 240

/** By the service worker if there is one, so that a push of the same room takes its place. */
export async function showNotice({ roomId, seq, title, body }: Notice): Promise<void> {
  const options = {
    body: body.slice(0, BODY_LENGTH),
    tag: roomId,
    data: { roomId, seq },
    icon: '/favicon.svg',
  }
  const worker = await navigator.serviceWorker?.getRegistration()
  if (worker !== undefined) return worker.showNotification(title, options)
  const notice = new Notification(title, options)
  notice.addEventListener('click', () => {
    window.focus()
    location.hash = messageHref(roomId, seq)
    notice.close()
  })
}
