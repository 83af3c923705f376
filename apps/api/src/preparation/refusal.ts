import { ParleyError, type LogCommandOf } from '@parley/message-schema'

export type MessageCommand = LogCommandOf<'message:send'> | LogCommandOf<'message:edit'>

/** Why a message may not go into the log. It is said there, of a command that is not a retry. */
export type Refusal = NonNullable<MessageCommand['refusal']>

export function toRefusal(error: unknown): Refusal {
  const { code, message, details } = ParleyError.from(error)
  return { code, message, details }
}
