import { hash } from 'node:crypto'
import type { GatewayCommand, LogCommand, RequestAttempt } from '@parley/message-schema'
import { fromBytes } from '../db/binary-id.ts'

/** What all attempts at one command have in common. Of states it is what is set, whatever to. */
function subjectOf(command: GatewayCommand): string {
  if ('clientMsgId' in command) return command.clientMsgId
  if (command.kind === 'reaction:set') return `${command.seq} ${command.key}`
  return command.kind === 'pin:set' ? String(command.seq) : ''
}

/** The command with the number of the request that it came with, if its gateway numbers them. */
export function numberAttempt(
  command: GatewayCommand,
  attempt: RequestAttempt | undefined,
): LogCommand {
  if (attempt === undefined) return { ...command, attempt: undefined }
  const { gatewayId, number, isRetry } = attempt
  const { kind, roomId, actor } = command
  const whole = hash(
    'sha1',
    [gatewayId, kind, roomId, actor.id, subjectOf(command)].join('\n'),
    'buffer',
  )
  return { ...command, attempt: { id: fromBytes(whole.subarray(0, 16)), number, isRetry } }
}
