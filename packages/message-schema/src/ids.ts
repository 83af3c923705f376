import { z } from 'zod'

/** A UUID in any version, kept in lower case so that one id has one spelling. */
export const Uuid = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/iu, 'must be a UUID')
  .toLowerCase()

export const RoomId = Uuid.meta({ id: 'RoomId', description: 'UUIDv7 of a room.' })
export type RoomId = z.infer<typeof RoomId>

/** Chosen by the sender, the same on every retry: what makes a retry harmless (C3). */
export const ClientMsgId = Uuid.meta({
  id: 'ClientMsgId',
  description: 'UUID (version 7 for preference) chosen by the sender; the same on every retry.',
})
export type ClientMsgId = z.infer<typeof ClientMsgId>

/**
 * Opaque: a UUIDv7 for an account of ours, the host application's own `sub` for its users.
 * Blanks at the ends and control characters are refused because databases and logs disagree on them.
 */
export const UserId = z
  .string()
  .min(1)
  .max(64)
  .regex(/^(?! )[^\p{C}\u2028\u2029]*(?<! )$/u, 'must have no control characters or outer blanks')
  .meta({ id: 'UserId', description: '1-64 characters, opaque.' })
export type UserId = z.infer<typeof UserId>

/** Position of an event in its room's log: 1, 2, 3, … without holes (C1). */
export const Seq = z.int().positive().meta({ id: 'Seq', description: 'Position in the room log.' })
export type Seq = z.infer<typeof Seq>

/** A position one may be at: 0 is the place before the first event. */
export const Position = z.int().nonnegative().meta({
  id: 'Position',
  description: 'The last seq known; 0 stands before the first event.',
})

/** Milliseconds, UTC, RFC 3339. For display only: nothing is ever ordered by time. */
export const Timestamp = z.iso.datetime().meta({ id: 'Timestamp' })

/** A time that a client says, in any time zone; kept as a `Timestamp`. */
export const TimeInput = z.iso
  .datetime({ offset: true })
  .overwrite((time) => {
    const date = new Date(time)
    // What is no time was found to be none already.
    return Number.isNaN(date.getTime()) ? time : date.toISOString()
  })
  .meta({ id: 'TimeInput', description: 'RFC 3339, in UTC or with an offset.' })
