import { z } from 'zod'
import { Timestamp, Uuid } from './ids.ts'

/** A file of a message: what it was when it was sent. Its bytes are at `/v1/files/:id`. */
export const Attachment = z
  .object({
    id: Uuid,
    name: z.string(),
    /** Sniffed from the bytes, not told by the sender. */
    mime: z.string(),
    bytes: z.int().nonnegative(),
    width: z.int().positive().optional(),
    height: z.int().positive().optional(),
    /** There is a small picture of it: `/v1/files/:id?thumbnail=1`. */
    thumbnail: z.literal(true).optional(),
  })
  .meta({ id: 'Attachment' })
export type Attachment = z.infer<typeof Attachment>

/** Where the bytes of a file are, for whoever has this, for a while: for `<img>` and the like. */
export const FileLink = z
  .object({
    /** From the root of the API, without its host. */
    url: z.string(),
    expiresAt: Timestamp,
  })
  .meta({ id: 'FileLink' })
export type FileLink = z.infer<typeof FileLink>

/** What a page says of itself. Plain text, to be shown as text. */
export const LinkPreview = z
  .object({
    url: z.string(),
    title: z.string().optional(),
    description: z.string().optional(),
    imageUrl: z.string().optional(),
    siteName: z.string().optional(),
  })
  .meta({ id: 'LinkPreview' })
export type LinkPreview = z.infer<typeof LinkPreview>
