import { ParleyError, type CommandAttempt, type LogCommand } from '@parley/message-schema'
import { onceKey, pairKey, reactionKey, type BatchState } from './batch-state.ts'

/**
 * What an attempt asks for. One that arrives after the gateway has made it again, and was maybe answered, changes
 * nothing any more: the later one leaves a note, since the earlier one does not know that it is late.
 */
export function heedAttempt(state: BatchState, command: LogCommand): LogCommand {
  if (!('attempt' in command) || command.attempt === undefined) return command
  const { attempt } = command
  const isLate = (state.retried.get(attempt.id) ?? 0) > attempt.number
  if ('clientMsgId' in command) {
    // What was done is done, and is told of as ever (C3).
    const key = onceKey(command.roomId, command.actor.id, command.clientMsgId)
    if (!isLate || state.earlier.has(key)) return command
    throw new ParleyError('SERVER_BUSY', { message: 'A later attempt was refused.' })
  }
  if (isLate) return asItIs(state, command)
  if (attempt.isRetry) noteRetry(state, attempt)
  return command
}

/** What was told to be refused stays so, also when who was kept out is let in before the earlier attempt comes. */
export function heedRefusal(state: BatchState, command: LogCommand): void {
  if ('attempt' in command && command.attempt?.isRetry === true) noteRetry(state, command.attempt)
}

/** The highest number stands: the note was read under the lock of the room. */
function noteRetry(state: BatchState, { id, number }: CommandAttempt): void {
  if ((state.retried.get(id) ?? 0) >= number) return
  state.retried.set(id, number)
  state.newRetries.set(id, number)
}

type StateCommand = Extract<LogCommand, { kind: 'reaction:set' | 'pin:set' | 'read:set' }>

function asItIs(state: BatchState, command: StateCommand): StateCommand {
  const { roomId, actor } = command
  if (command.kind === 'read:set') return { ...command, upTo: 0, mode: 'forward' }
  const isOn =
    command.kind === 'pin:set'
      ? state.pins.has(pairKey(roomId, command.seq))
      : state.reactions.has(reactionKey(roomId, command.seq, command.key, actor.id))
  return { ...command, on: isOn }
}
