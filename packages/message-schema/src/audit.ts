import { z } from 'zod'
import { RoomId, Timestamp, Uuid } from './ids.ts'

/** Who did what: acts of moderators and settings of rooms, and all that backends change. */
export const AuditRecord = z
  .object({
    id: Uuid,
    at: Timestamp,
    /** `kind` is `user`, `bot`, `system` or `key`; of a key the id is the key's. */
    actor: z.object({ id: z.string(), kind: z.string() }),
    action: z.string(),
    roomId: RoomId.nullable(),
    targetId: z.string().nullable(),
    details: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: 'AuditRecord' })
export type AuditRecord = z.infer<typeof AuditRecord>
