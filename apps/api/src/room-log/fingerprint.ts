import { createHash } from 'node:crypto'
import type { LogCommand } from '@parley/message-schema'

const byName = ([one]: [string, unknown], [other]: [string, unknown]): number =>
  one < other ? -1 : 1

/** The same for the same JSON, in whatever order its fields were written. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  return canonicalFields(Object.entries(value))
}

function canonicalFields(fields: [string, unknown][]): string {
  let text = ''
  for (const [name, field] of fields.toSorted(byName)) {
    if (field === undefined) continue
    text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${canonical(field)}`
  }
  return `{${text}}`
}

/** What a message is prepared with, and which attempt it is, says nothing about what was asked. */
const PREPARED = new Set(['fingerprint', 'refusal', 'files', 'hereIds'])
const BESIDE = new Set(['actor', 'attempt'])

/** What may be said or left out without saying something else. */
function isDefault(name: string, value: unknown): boolean {
  if (name === 'type') return value === 'text'
  if (name === 'mentions') return !Array.isArray(value) || value.length === 0
  return name === 'silent' && value !== true
}

function meantBy(command: LogCommand): [string, unknown][] {
  const isSend = command.kind === 'message:send'
  return Object.entries(command).filter(
    ([name, value]) =>
      !BESIDE.has(name) && !(isSend && (PREPARED.has(name) || isDefault(name, value))),
  )
}

/**
 * Tells a retry from another command that took the same id by mistake. A retry may come by another
 * path (socket, then REST), so only what it means counts. 8 bytes of a SHA-256 are enough.
 */
export function fingerprintOf(command: LogCommand): Buffer {
  // What was prepared may be another text by now: the sender is known by what they asked for.
  if ('fingerprint' in command && command.fingerprint !== undefined) {
    return Buffer.from(command.fingerprint, 'hex')
  }
  return createHash('sha256')
    .update(canonicalFields(meantBy(command)))
    .digest()
    .subarray(0, 8)
}
