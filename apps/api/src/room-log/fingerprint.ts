import { createHash } from 'node:crypto'
import type { LogCommand } from '@parley/message-schema'

/** The same for the same JSON, in whatever order its fields were written. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join()}}`
}

/** What may be said or left out without saying something else. */
function withoutDefaults(command: LogCommand): object {
  const { actor: _actor, ...content } = command
  if (content.kind !== 'message:send') return content
  const {
    type,
    mentions,
    silent,
    fingerprint: _,
    refusal: _r,
    files: _f,
    hereIds: _h,
    ...rest
  } = content
  return {
    ...rest,
    ...(type !== 'text' && { type }),
    ...(mentions !== undefined && mentions.length > 0 && { mentions }),
    ...(silent === true && { silent }),
  }
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
    .update(canonical(withoutDefaults(command)))
    .digest()
    .subarray(0, 8)
}
