import type { Event, Fact } from '@parley/message-schema'
import type { WritableStore } from '../store.ts'
import type { TypingPorts } from './create-typing.ts'
import { isSame } from './is-same.ts'
import type { TypingPeople } from './typing.ts'

/** Stores that somebody looks at, each with its thread. */
export type ShownTyping = ReadonlyMap<WritableStore<TypingPeople>, number | undefined>

interface Typist {
  readonly threadId: number | undefined
  readonly timer: ReturnType<typeof setTimeout>
}

const HOLDS_MS = 6_000
/** The server names five, and tells of rooms of at most a hundred. */
const MOST = 100

/** Hears what others type, and shows it until what is answered is called. */
export function hearTyping(
  { roomId, log, connection, meId }: TypingPorts,
  shown: ShownTyping,
): () => void {
  const typists = new Map<string, Typist>()
  let others = 0
  let othersTimer: ReturnType<typeof setTimeout> | undefined

  function show(): void {
    for (const [store, threadId] of shown) {
      const here = [...typists].filter(([, typist]) => typist.threadId === threadId)
      const people = {
        userIds: here.map(([userId]) => userId),
        // Where the others type is not told: they are counted for the room.
        others: threadId === undefined ? others : 0,
      }
      if (!isSame(store.current, people)) store.set(people)
    }
  }
  const later = (run: () => void): ReturnType<typeof setTimeout> => {
    const holdsMs = connection.session.current?.limits['typingForMs'] ?? HOLDS_MS
    return setTimeout(() => {
      run()
      show()
    }, holdsMs)
  }
  const forget = (userId: string): boolean => {
    clearTimeout(typists.get(userId)?.timer)
    return typists.delete(userId)
  }

  function hear(fact: Fact<'typing'>): void {
    if (fact.roomId !== roomId) return
    for (const { userId, on, threadId } of fact.users) {
      forget(userId)
      if (!on || userId === meId() || typists.size >= MOST) continue
      typists.set(userId, { threadId, timer: later(() => typists.delete(userId)) })
    }
    clearTimeout(othersTimer)
    others = fact.others ?? 0
    if (others > 0) othersTimer = later(() => (others = 0))
    show()
  }

  /** Whoever has said it types it no more, and neither does who has left. */
  function said(events: readonly Event[]): void {
    const gone = events.flatMap(({ type, actor, data }) => {
      if (type === 'message:created') return actor.id
      return type === 'member:left' ? data.userId : []
    })
    if (gone.filter(forget).length > 0) show()
  }

  const ends = [
    connection.onFact('typing', hear),
    log.follow({ events: said, reset: () => undefined }),
  ]
  return () => {
    for (const end of ends) end()
    for (const { timer } of typists.values()) clearTimeout(timer)
    clearTimeout(othersTimer)
    typists.clear()
    others = 0
    show()
  }
}
