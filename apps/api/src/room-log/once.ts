import { ParleyError, type ErrorCode, type Event, type EventType } from '@parley/message-schema'
import { onceKey, type BatchState } from './batch-state.ts'

/**
 * Asked before anything else: what was said stays said, also for somebody who has left since.
 * C3: the event that this command made before, if it is a retry. An id that was used for something
 * else is refused, because to answer `ok` would lose what is sent now.
 */
export function earlierEvent(
  state: BatchState,
  command: { roomId: string; clientMsgId: string; actor: { id: string } },
  type: EventType,
  fingerprint: Buffer,
): Event | undefined {
  const earlier = state.earlier.get(onceKey(command.roomId, command.actor.id, command.clientMsgId))
  if (earlier === undefined) return undefined
  // The fingerprint of a deleted body is erased with it.
  const same = earlier.fingerprint === null || earlier.fingerprint.equals(fingerprint)
  if (earlier.event.type !== type || !same) throw new ParleyError('IDEMPOTENCY_MISMATCH')
  return earlier.event
}

/** What was found out before the transaction; it is said only of a command that is not a retry. */
export function refusePrepared({
  refusal,
}: {
  readonly refusal?: { code: ErrorCode; message: string; details?: unknown } | undefined
}): void {
  if (refusal === undefined) return
  const { code, message, details } = refusal
  throw new ParleyError(code, { message, details })
}
