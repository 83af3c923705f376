import type { Chat } from '../chat.ts'
import type { CallRoute } from '../rest/call-route.ts'

export const createSearch =
  (call: CallRoute): Chat['search'] =>
  async ({ has, ...query }, signal) => {
    const { data, page } = await call('GET /v1/search', {
      query: { ...query, ...(has !== undefined && has.length > 0 && { has: has.join(',') }) },
      ...(signal !== undefined && { signal }),
    })
    return { hits: data, cursor: page.hasMoreAfter ? String(page.after) : null }
  }
