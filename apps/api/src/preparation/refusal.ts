import { ParleyError } from '@parley/message-schema'
import type { MessageCommand } from '../room-log/prepare-message.ts'

export type { MessageCommand }

/** Why a message may not go into the log. It is said there, of a command that is not a retry. */
export type Refusal = NonNullable<MessageCommand['refusal']>

export function toRefusal(error: unknown): Refusal {
  const { code, message, details } = ParleyError.from(error)
  return { code, message, details }
}
