import { z } from 'zod'

/**
 * Cursors are opaque for lists of things, and plain `seq` numbers for lists of the log. `after` is
 * where to go on from, also when nothing follows yet: the last item's place, else the cursor that was
 * given, and null only where there is neither. Whether there is more, `hasMoreAfter` says.
 */
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

/** A page of a list that is never cut. */
export const WHOLE_LIST = {
  before: null,
  after: null,
  hasMoreBefore: false,
  hasMoreAfter: false,
} as const

/** A yes or no in an address. */
export const flag = z
  .stringbool({
    truthy: ['1', 'true'],
    falsy: ['0', 'false'],
    error: 'must be one of true, false, 1, 0',
  })
  .meta({ type: 'boolean' })
