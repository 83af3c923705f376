import { isRetryable, ParleyError, type Reply } from '@parley/message-schema'
import { retryDelayMs } from './retry-delay.ts'

export interface DeliverPorts {
  readonly sleep: (ms: number) => Promise<void>
  readonly random?: () => number
  readonly attemptsMax?: number
}

/**
 * Repeats a command until its outcome is known. `attempt` must carry the same `clientMsgId` each
 * time: a time-out says nothing about what was done, and the same id makes repeating harmless.
 */
export async function deliver<Data>(
  attempt: () => Promise<Reply<Data>>,
  { sleep, random = Math.random, attemptsMax = 8 }: DeliverPorts,
): Promise<Data> {
  for (let attempts = 0; ; attempts += 1) {
    const reply = await attempt().catch(asUnknownOutcome<Data>)
    if (reply.ok) return reply.data
    const { code, message, retryAfterMs } = reply.error
    if (!isRetryable(code) || attempts + 1 >= attemptsMax) {
      throw new ParleyError(code, { message })
    }
    await sleep(retryDelayMs(attempts, retryAfterMs, random))
  }
}

function asUnknownOutcome<Data>(): Reply<Data> {
  const error = {
    code: 'UNKNOWN_OUTCOME',
    message: 'The server did not answer.',
    retryable: true,
    requestId: '',
  } as const
  return { ok: false, error }
}
