import { setTimeout as sleep } from 'node:timers/promises'
import { clockMs } from '../clock.ts'
import { writeText, type SentMessage } from '../figures/sent-message.ts'
import type { Sender } from '../peers/peer.ts'

export interface Broadcasting {
  readonly sent: readonly SentMessage[]
  readonly plannedMs: number
  readonly elapsedMs: number
}

/** Of all that were sent, so many answers may be missing at the same time: then it waits. */
const MOST_UNANSWERED = 5_000

/**
 * Sends at fixed times, however long the answers take, until `isOver` says so. Resolves when all are
 * answered, or will not be.
 */
export async function sendBroadcasts(options: {
  readonly sender: Sender
  readonly everyMs: number
  readonly isOver: (sent: number) => boolean
  readonly answersMs: number
  /** Told of each as it is sent; the list grows. */
  readonly onSent?: (sent: readonly SentMessage[]) => void
}): Promise<Broadcasting> {
  const { sender, everyMs, isOver, answersMs, onSent } = options
  const sent: SentMessage[] = []
  const waiting = new Set<Promise<void>>()
  const startedMs = clockMs()
  while (!isOver(sent.length)) {
    await sleep(Math.max(0, startedMs + sent.length * everyMs - clockMs()))
    const message: SentMessage = { number: sent.length, sentMs: clockMs(), ackedMs: null }
    sent.push(message)
    onSent?.(sent)
    const answered = sender.send(writeText(message.number, message.sentMs)).then((isTaken) => {
      if (isTaken) message.ackedMs = clockMs()
      waiting.delete(answered)
    })
    waiting.add(answered)
    while (waiting.size >= MOST_UNANSWERED) await Promise.race(waiting)
  }
  const elapsedMs = (sent.at(-1)?.sentMs ?? startedMs) - startedMs
  const late = new AbortController()
  await Promise.race([
    Promise.all(waiting),
    sleep(answersMs, undefined, { signal: late.signal }).catch(() => undefined),
  ])
  late.abort()
  // What is answered from here on is not counted: nobody waited for it.
  return {
    sent: sent.map((message) => ({ ...message })),
    plannedMs: Math.max(0, sent.length - 1) * everyMs,
    elapsedMs,
  }
}
