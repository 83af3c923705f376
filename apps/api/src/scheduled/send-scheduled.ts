import { isRetryable, ParleyError, type ErrorCode } from '@parley/message-schema'
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
}

export interface DueMessageStore {
  /** Takes what is due for `leaseMs`; what was not settled then is taken again. */
  readonly take: (now: Date, limit: number, leaseMs: number) => Promise<DueMessage[]>
  readonly sent: (id: string, seq: number, now: Date) => Promise<void>
  readonly failed: (
    id: string,
    error: { readonly code: ErrorCode; readonly message: string },
    now: Date,
  ) => Promise<void>
  /** Once more, later. `isKnown`: nothing was sent, so that it may be changed until then. */
  readonly again: (id: string, at: Date, isKnown: boolean) => Promise<void>
}

export interface SendScheduledPorts {
  readonly store: DueMessageStore
  readonly run: RunCommand
  readonly now: () => Date
}

const AT_ONCE = 50
const ROUNDS = 20
const LEASE_MS = 60_000
/** About a day of tries. */
const ATTEMPTS = 150
const LONGEST_WAIT_MS = 10 * 60_000

function waitMs({ retryAfterMs }: ParleyError, attempts: number): number {
  return Math.min(LONGEST_WAIT_MS, Math.max(retryAfterMs ?? 0, 1_000 * 2 ** Math.min(attempts, 10)))
}

/**
 * Sends what is due, as its author. The id of the message was chosen when it was scheduled, so that
 * however often this dies and comes again, the log has it once.
 */
export function createSendScheduled({ store, run, now }: SendScheduledPorts) {
  async function settleFailure(due: DueMessage, cause: unknown): Promise<void> {
    const error = ParleyError.from(cause)
    const { code, message } = error
    // The host application was to be asked and is away: that says nothing about the message.
    const isUnasked =
      (error.details as { reason?: string } | undefined)?.reason === 'check-unavailable'
    if (!(isRetryable(code) || isUnasked) || due.attempts >= ATTEMPTS) {
      return store.failed(due.id, { code, message }, now())
    }
    // After an unknown outcome it stays what it is: another text would be another message.
    const isKnown = code !== 'UNKNOWN_OUTCOME' && code !== 'INTERNAL'
    await store.again(due.id, new Date(now().getTime() + waitMs(error, due.attempts)), isKnown)
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

  async function sendRound(): Promise<number> {
    const due = await store.take(now(), AT_ONCE, LEASE_MS)
    // Of one author and room in the order in which they were to be sent: the log's queue keeps it.
    await Promise.all(due.map(send))
    return due.length
  }

  return (signal?: AbortSignal): Promise<void> =>
    inRounds({ rounds: ROUNDS, atOnce: AT_ONCE }, signal, sendRound)
}
