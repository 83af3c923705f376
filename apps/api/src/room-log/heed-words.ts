import { ParleyError } from '@parley/message-schema'
import { may, type Standing } from './authority.ts'
import type { BatchState } from './batch-state.ts'
import type { MessageCommand } from './prepare-message.ts'

/** Which words are said is not told: whoever asks until they know the list would get round it. */
export const rejectedByWords = (): ParleyError =>
  new ParleyError('REJECTED', {
    message: 'This message has words that are not allowed here.',
    details: { reason: 'words' },
  })

/** The command as the word list lets it be. Throws `REJECTED`. */
export function heedWords<Command extends MessageCommand>(
  state: BatchState,
  { room, member }: Standing,
  command: Command,
): Command {
  const { words, ...asked } = command
  if (words === undefined) return command
  const isExempt = member === null || may(state, room, member, 'moderation:exempt')
  if (isExempt) return asked as Command
  if (words.rejected) throw rejectedByWords()
  const { text, payload } = words
  return {
    ...command,
    ...(text !== undefined && { text }),
    ...(payload !== undefined && { payload }),
  }
}

/** In the transaction of the message: the moderators are told of it, or it was not said. */
export function reportWords(state: BatchState, heeded: MessageCommand, seq: number): void {
  const note = heeded.words?.report
  if (note === undefined) return
  const { roomId, actor } = heeded
  state.newReports.push({ roomId, seq, authorId: actor.id, note })
}
