import type { LogCommandOf } from '@parley/message-schema'

type SendMessage = LogCommandOf<'message:send'>

const WIDE = new Set(['@room', '@here'])

/**
 * `@room` and `@here` among the mentions say the same as `mentionAll`, and of the two the wider one
 * counts. Done before anything looks at the command, so that a retry in the other form is one.
 */
export function widenMentions(command: SendMessage): SendMessage {
  const { mentions, mentionAll } = command
  if (mentions === undefined) return command
  const people = mentions.filter((id) => !WIDE.has(id))
  if (people.length === mentions.length) return command
  const isRoom = mentionAll === 'room' || mentions.includes('@room')
  return { ...command, mentions: people, mentionAll: isRoom ? 'room' : 'here' }
}
