import { z } from 'zod'
import { RoomId, Seq, UserId } from '../ids.ts'
import { LIMITS } from '../limits.ts'
import { Message } from '../message.ts'
import { page, pageLimit } from './page.ts'
import type { RouteSpec } from './route.ts'

const WHEN = 'must be a time such as 2026-01-02T03:04:05Z, or a day such as 2026-01-02'
const when = z.union([z.iso.datetime({ offset: true }), z.iso.date()], { error: WHEN })
/** Text of ours begins so; a time does not. */
const searchCursor = z
  .string()
  .max(256)
  .regex(/^W[\w-]*$/u, `${WHEN}, or the cursor of a page`)
const what = z.enum(['file', 'link'])

const SearchResult = z
  .object({
    message: Message,
    /** From and to (excluded) in UTF-16 code units of the text. */
    highlights: z.array(z.tuple([z.int().nonnegative(), z.int().nonnegative()])),
  })
  .meta({ id: 'SearchResult' })
export type SearchResult = z.infer<typeof SearchResult>

export const searchRoutes = {
  search: {
    method: 'get',
    path: '/v1/search',
    summary:
      'Messages of my rooms with all these words, newest first. "Quoted" words follow one another; the last word may be begun only.',
    tag: 'search',
    auth: 'user',
    query: z
      .strictObject({
        q: z.string().max(LIMITS.searchCharacters).default(''),
        roomId: RoomId.optional(),
        /** Who sent them. */
        from: UserId.optional(),
        /** Sent before this time; a day alone is its beginning in UTC. */
        before: when.optional(),
        /** Sent at this time or later; also taken as `cursor`, if it is one. */
        after: z.union([when, searchCursor]).optional(),
        /** `file`, `link`, or `file,link` for both. */
        has: z
          .string()
          .transform((text) => text.split(','))
          .pipe(z.array(what).max(2))
          .optional(),
        threadId: z.coerce.number().pipe(Seq).optional(),
        cursor: z.string().max(256).optional(),
        limit: pageLimit(100, 20),
      })
      .refine(({ roomId, threadId }) => threadId === undefined || roomId !== undefined, {
        message: 'needs roomId: it is a place in one room',
        path: ['threadId'],
      }),
    status: 200,
    response: page(SearchResult),
    errors: ['NOT_FOUND', 'NOT_MEMBER', 'BANNED'],
  },
} as const satisfies Record<string, RouteSpec>
