import { toErrorBody, type CommandResult } from '@parley/message-schema'
import type { CommandOutcome } from '../room-log/batch-outcome.ts'

/** The request id is the gateway's to add: one request carries the commands of many. */
export function toCommandResult(outcome: CommandOutcome): CommandResult {
  if ('data' in outcome) return { ok: true, data: outcome.data as Record<string, unknown> }
  const { requestId: _, ...error } = toErrorBody(outcome.refusal, '')
  return { ok: false, error }
}
