import { z } from 'zod'
import { Timestamp } from './ids.ts'
import { Payload } from './text.ts'

/** As a message names it. `text` is built in, and takes any payload. */
export const MessageTypeName = z
  .string()
  .regex(/^[a-z][a-z0-9._-]{0,31}$/u, 'must be a lower-case name of at most 32 characters')

/** JSON Schema, draft 2020-12, of the payload; it refers to nothing outside itself. */
export const PayloadSchema = Payload.meta({ id: 'PayloadSchema' })

export const MessageType = z
  .object({
    name: MessageTypeName,
    schema: PayloadSchema,
    createdAt: Timestamp,
    updatedAt: Timestamp,
  })
  .meta({ id: 'MessageType' })
export type MessageType = z.infer<typeof MessageType>

/** Where a payload, or the schema of one, is not as it must be. */
export interface PayloadProblem {
  /** `payload/options/0`. */
  readonly path: string
  readonly problem: string
}
