import { createHash } from 'node:crypto'
import { invalid, Uuid } from '@parley/message-schema'
import type { Request } from 'express'
import { v7 as uuidv7 } from 'uuid'

const ACCEPTED = /^[\x21-\x7e]{1,128}$/u

export function idempotencyKeyOf(request: Request): string | undefined {
  const key = request.get('idempotency-key')
  if (key !== undefined && !ACCEPTED.test(key)) {
    throw invalid('Idempotency-Key', 'must be 1-128 visible ASCII characters')
  }
  return key
}

/** A UUID (version 8) that is the same for the same key: any key makes a retry harmless. */
function toUuid(key: string): string {
  const bytes = createHash('sha256').update(`idempotency-key\n${key}`).digest().subarray(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** The id of what is sent: the body's, the header's, or a new one, with which no retry is possible. */
export function clientMsgIdOf(request: Request, given: string | undefined): string {
  if (given !== undefined) return given
  const key = idempotencyKeyOf(request)
  if (key === undefined) return uuidv7()
  const uuid = Uuid.safeParse(key)
  return uuid.success ? uuid.data : toUuid(key)
}

/** Of several things in one request each has its own id, and the same one at every repeat. */
export function clientMsgIdAt(request: Request, given: string | undefined, index: number): string {
  if (given !== undefined) return given
  const key = idempotencyKeyOf(request)
  return key === undefined ? uuidv7() : toUuid(`${key}\n${index}`)
}
