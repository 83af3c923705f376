import type { LogCommand, LogCommandOf } from '@parley/message-schema'
import { pairKey, reactionKey, type BatchState } from './batch-state.ts'

/**
 * What an attempt asks for. One that arrives after it was made again, and maybe answered, asks for what is so: what
 * was set meanwhile stays. The second one leaves a note, since the first does not know that it is late.
 */
export function heedAttempt(state: BatchState, command: LogCommand): LogCommand {
  if (!('attempt' in command) || command.attempt === undefined) return command
  const { id, isRetry } = command.attempt
  if (state.retried.has(id)) return asItIs(state, command)
  if (isRetry) {
    state.retried.add(id)
    state.newRetries.push(id)
  }
  return command
}

function asItIs(
  state: BatchState,
  command: LogCommandOf<'reaction:set' | 'pin:set' | 'read:set'>,
): LogCommand {
  const { roomId, actor } = command
  if (command.kind === 'read:set') return { ...command, upTo: 0, mode: 'forward' }
  const isOn =
    command.kind === 'pin:set'
      ? state.pins.has(pairKey(roomId, command.seq))
      : state.reactions.has(reactionKey(roomId, command.seq, command.key, actor.id))
  return { ...command, on: isOn }
}
