import { createHash } from 'node:crypto'
import type { LogCommand } from '@parley/message-schema'

/** Tells a retry from another command that took the same id by mistake: 8 bytes are enough. */
export function fingerprintOf(command: LogCommand): Buffer {
  const { actor: _, ...content } = command
  return createHash('sha256').update(JSON.stringify(content)).digest().subarray(0, 8)
}
