import { isRetryable, ParleyError, type ErrorCode } from '@parley/message-schema'
import { TokenBuckets, type Rate } from '@parley/server-kit'
import { inRounds } from '../jobs/in-rounds.ts'
import type { RunCommand } from '../room-log/run-command.ts'
import type { MessageDraft } from './scheduled-messages.ts'

export interface DueMessage {
  readonly id: string
  readonly userId: string
  readonly roomId: string
  readonly clientMsgId: string
  readonly message: MessageDraft
  /** This one counted. */
  readonly attempts: number
  /** It was sent perhaps, by a try whose outcome nobody knows. */
  readonly isTried: boolean
}

/** By the count of attempts it is known whether it was taken again. */
export type Held = Pick<DueMessage, 'id' | 'attempts'>

/** What one person has too much of at once. */
export interface TooFast {
  readonly userId: string
  readonly messages: readonly DueMessage[]
  readonly firstAt: Date
  readonly everyMs: number
}

export interface DueMessageStore {
  /** Takes what is due for `leaseMs`; what was not settled then is taken again. */
  readonly take: (now: Date, limit: number, leaseMs: number) => Promise<DueMessage[]>
  /** Whoever learns it: what is in the log is sent. */
  readonly sent: (id: string, seq: number, now: Date) => Promise<void>
  /** Only of whoever has it: nothing if it was taken again since. */
  readonly failed: (
    due: Held,
    error: { readonly code: ErrorCode; readonly message: string },
    now: Date,
  ) => Promise<void>
  /** Once more, later, as `failed`. `isKnown`: nothing was sent, so that it may be changed until then. */
  readonly again: (due: Held, at: Date, isKnown: boolean) => Promise<void>
  /**
   * Later, one after the other in the order in which they were to be sent. What else of this person is
   * due before there is room for it is put off with them: nothing overtakes. It counts as no attempt.
   */
  readonly putOff: (tooFast: TooFast) => Promise<void>
}

export interface SendScheduledPorts {
  readonly store: DueMessageStore
  readonly run: RunCommand
  /** Of one person, as for what is sent at once. Each worker counts for itself. */
  readonly rate: Rate
  readonly now: () => Date
}

const AT_ONCE = 50
const ROUNDS = 20
const LEASE_MS = 60_000
/** About a day of tries. */
const ATTEMPTS = 150
const LONGEST_WAIT_MS = 10 * 60_000
const USERS = 100_000

function waitMs({ retryAfterMs }: ParleyError, attempts: number): number {
  return Math.min(LONGEST_WAIT_MS, Math.max(retryAfterMs ?? 0, 1_000 * 2 ** Math.min(attempts, 10)))
}

/**
 * Sends what is due, as its author. The id of the message was chosen when it was scheduled, so that
 * however often this dies and comes again, the log has it once.
 */
export function createSendScheduled({ store, run, rate, now }: SendScheduledPorts) {
  const buckets = new TokenBuckets(rate, USERS)

  async function settleFailure(due: DueMessage, cause: unknown): Promise<void> {
    const error = ParleyError.from(cause)
    const { code, message } = error
    // The host application was to be asked and is away: that says nothing about the message.
    const isUnasked =
      (error.details as { reason?: string } | undefined)?.reason === 'check-unavailable'
    if (!(isRetryable(code) || isUnasked) || due.attempts >= ATTEMPTS) {
      return store.failed(due, { code, message }, now())
    }
    // After an unknown outcome, of this try or of one before, it stays what it is: another text would be
    // another message, and it cannot be taken back if it is in the log.
    const isKnown = !due.isTried && code !== 'UNKNOWN_OUTCOME' && code !== 'INTERNAL'
    await store.again(due, new Date(now().getTime() + waitMs(error, due.attempts)), isKnown)
  }

  async function send(due: DueMessage): Promise<void> {
    try {
      const { seq } = await run({
        ...due.message,
        kind: 'message:send',
        actor: { id: due.userId, kind: 'user' },
        roomId: due.roomId,
        clientMsgId: due.clientMsgId,
      })
      await store.sent(due.id, seq, now())
    } catch (error) {
      await settleFailure(due, error)
    }
  }

  /** Of each person from the first one on for which there is no room: what comes after it waits, too. */
  function splitByRate(due: readonly DueMessage[]): readonly [DueMessage[], TooFast[]] {
    const nowMs = now().getTime()
    const everyMs = 1_000 / rate.perSecond
    const inTime: DueMessage[] = []
    const tooFast = new Map<string, TooFast & { readonly messages: DueMessage[] }>()
    for (const message of due) {
      const { userId } = message
      const before = tooFast.get(userId)
      const untilFreeMs = before === undefined ? buckets.take(userId, nowMs) : 0
      if (before !== undefined) before.messages.push(message)
      else if (untilFreeMs === 0) inTime.push(message)
      else {
        const firstAt = new Date(nowMs + untilFreeMs)
        tooFast.set(userId, { userId, messages: [message], firstAt, everyMs })
      }
    }
    return [inTime, [...tooFast.values()]]
  }

  async function sendRound(): Promise<number> {
    const due = await store.take(now(), AT_ONCE, LEASE_MS)
    const [inTime, tooFast] = splitByRate(due)
    // Of one author and room in the order in which they were to be sent: the log's queue keeps it.
    await Promise.all([...tooFast.map(store.putOff), ...inTime.map(send)])
    return due.length
  }

  return (signal?: AbortSignal): Promise<void> =>
    inRounds({ rounds: ROUNDS, atOnce: AT_ONCE }, signal, sendRound)
}
