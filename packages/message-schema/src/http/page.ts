import { z } from 'zod'

/** Cursors are opaque for lists of things, and plain `seq` numbers for lists of the log. */
export const page = <Item extends z.ZodType>(item: Item) =>
  z.object({
    data: z.array(item),
    page: z.object({
      before: z.union([z.string(), z.int()]).nullable(),
      after: z.union([z.string(), z.int()]).nullable(),
      hasMoreBefore: z.boolean(),
      hasMoreAfter: z.boolean(),
    }),
  })

export const pageLimit = (max: number, fallback: number) =>
  z.coerce.number().int().min(1).max(max).default(fallback)
