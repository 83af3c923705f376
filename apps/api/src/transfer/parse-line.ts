import { createHash } from 'node:crypto'
import { ImportLine, invalid, invalidFrom, ParleyError } from '@parley/message-schema'
import type { Line } from './split-lines.ts'

/** A message to bring in, or what is wrong with its line; `null` is no message at all. */
export type ParsedLine =
  | { readonly number: number; readonly line: ImportLine }
  | { readonly number: number; readonly id: string | null; readonly error: ParleyError }
  /** The first line of an export: what is before this place is not in it. */
  | { readonly shownFrom: number }
  | null

/** Clocks differ; a message of the day after tomorrow is a mistake. */
const AHEAD_MS = 24 * 3_600_000

const idOf = (value: object): string | null => {
  const id: unknown = (value as { id?: unknown }).id
  return typeof id === 'string' || typeof id === 'number' ? String(id).slice(0, 128) : null
}

export function parseLine({ number, text }: Line, now: number): ParsedLine {
  if (text === null) {
    return {
      number,
      id: null,
      error: new ParleyError('TOO_LARGE', { message: 'line is too long' }),
    }
  }
  if (text.trim() === '') return null
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { number, id: null, error: invalid('', 'is not JSON') }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const error = invalid('', 'is not a JSON object')
    return { number, id: null, error }
  }
  const { kind, visibleFrom } = value as { kind?: unknown; visibleFrom?: unknown }
  if (kind === 'room' && typeof visibleFrom === 'number') return { shownFrom: visibleFrom }
  if (kind !== undefined && kind !== 'message') return null
  const id = idOf(value)
  const parsed = ImportLine.safeParse(value)
  if (!parsed.success) return { number, id, error: invalidFrom(parsed.error) }
  if (Date.parse(parsed.data.ts) > now + AHEAD_MS) {
    return { number, id, error: invalid('ts', 'is in the future') }
  }
  return { number, line: parsed.data }
}

/** A UUID (version 8) of a line: the same for the same room, source and id, in every run. */
export function lineIdOf(roomId: string, source: string, id: string, what = 'message'): string {
  const bytes = createHash('sha256')
    .update(JSON.stringify(['import', what, roomId, source, id]))
    .digest()
    .subarray(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
