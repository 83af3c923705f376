import { randomUUID } from 'node:crypto'
import type { GatewayCommand } from '@parley/message-schema'

/**
 * Marks a command that sets a state: all attempts of it are one. Others have an id of their sender's, and a cursor
 * that is moved forward stays where it is when it is moved there late.
 */
export function firstAttempt(command: GatewayCommand): void {
  if ('clientMsgId' in command || isForward(command)) return
  command.attempt = { id: randomUUID(), isRetry: false }
}

const isForward = (command: GatewayCommand): boolean =>
  command.kind === 'read:set' && command.mode !== 'set'

/** The one before may still arrive, after this one was answered. */
export function furtherAttempt(command: GatewayCommand): void {
  if ('attempt' in command && command.attempt !== undefined) command.attempt.isRetry = true
}
