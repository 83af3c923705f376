import type { EventFacts } from './event-facts.ts'
import type { Room } from './indexed-history.ts'

/** The first sign that a message was deleted: whoever asks after that must not be told what it said. */
export interface DeletionSign {
  readonly atMs: number
  readonly line: number
}

/** The message that an event tells the words of. */
export const messageOf = (seq: number, { ref, type }: EventFacts): number =>
  type === 'message:created' ? seq : (ref ?? seq)

/** By the `seq` of the message: the earliest acknowledgement or delivery that shows its deletion. */
export function deletionSigns({ operations, tracks }: Room): Map<number, DeletionSign> {
  const signs = new Map<number, DeletionSign>()
  const note = (seq: number | undefined, atMs: number, line: number): void => {
    if (seq === undefined || atMs >= (signs.get(seq)?.atMs ?? Infinity)) return
    signs.set(seq, { atMs, line })
  }
  for (const { op, type, ref, completedMs, line } of operations) {
    if (op === 'delete' && type === 'ok') note(ref, completedMs, line)
  }
  for (const { deliveries } of tracks.values()) {
    for (const { seq, atMs, line, variant } of deliveries) {
      const { facts } = variant
      if (facts.type === 'message:deleted') note(facts.ref, atMs, line)
      else if (facts.form === 'deleted') note(messageOf(seq, facts), atMs, line)
    }
  }
  return signs
}
