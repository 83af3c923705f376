import { createStore } from '../store.ts'
import { IDLE } from './idle-timeline.ts'
import type { LiveTimeline } from './live-timeline.ts'
import type { MessageHub } from './message-hub.ts'
import type { Thread, Timeline, TimelineMessage } from './messages.ts'

const KEEP_MS = 60_000

/** One thread of a room: a window of its own over its replies, live by the same events. */
export function createThread(
  hub: MessageHub,
  rootSeq: number,
  send: Thread['send'],
): Thread & { readonly isOpen: () => boolean } {
  const root = createStore<TimelineMessage | null>(null)
  const timeline = createStore<Timeline>(IDLE)
  let live: LiveTimeline | null = null
  let opened = 0
  let closing: ReturnType<typeof setTimeout> | undefined
  let closeRoom: (() => void) | undefined

  const show = (): void => {
    timeline.set(live?.store.current ?? IDLE)
    root.set(live?.window.rows.find(rootSeq)?.item ?? null)
  }
  const free = (): void => {
    if (live !== null) hub.dropThread(live)
    live = null
    closeRoom?.()
    closeRoom = undefined
    show()
  }

  return {
    rootSeq,
    root,
    timeline,
    isOpen: () => live !== null,
    open() {
      opened += 1
      clearTimeout(closing)
      closeRoom ??= hub.open()
      live ??= hub.addThread(rootSeq, show)
      const known = hub.main.window.rows.find(rootSeq)
      // All that came is in it, whenever it was read.
      const asOf = Math.max(known?.asOf ?? 0, hub.tape.position ?? 0)
      live.window.rows.keep(rootSeq, known?.base, asOf)
      void live.load()
      show()
      let isClosed = false
      return () => {
        if (isClosed) return
        isClosed = true
        opened -= 1
        if (opened > 0) return
        const { keepMs = KEEP_MS } = hub.ports
        if (keepMs === 0) free()
        else closing = setTimeout(free, keepMs)
      }
    },
    loadBefore: async () => live?.loadBefore(),
    send: (draft) =>
      send({ ...(typeof draft === 'string' ? { text: draft } : draft), threadId: rootSeq }),
  }
}
