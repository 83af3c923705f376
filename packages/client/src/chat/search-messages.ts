import type { Chat } from '../chat.ts'
import type { CallRoute } from '../rest/call-route.ts'

export const createSearch =
  (call: CallRoute): Chat['search'] =>
  async ({ has, ...query }, signal) => {
    const { data, page } = await call('GET /v1/search', {
      query: { ...query, ...(has?.length && { has: has.join(',') }) },
      ...(signal && { signal }),
    })
    return { hits: data, cursor: page.hasMoreAfter ? String(page.after) : null }
  }
