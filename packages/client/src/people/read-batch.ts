import { ChatError } from '../chat-error.ts'
import { toIdLists } from '../rest/to-id-lists.ts'
import type { ReadPeoplePorts } from './read-people.ts'

const IDS = 100

/** Reads the first of those who are waited for, who are no longer waited for then. */
export async function readBatch(
  { call, people }: Pick<ReadPeoplePorts, 'call' | 'people'>,
  waiting: Set<string>,
): Promise<void> {
  const next = [...waiting].slice(0, IDS)
  // A comma is what parts ids in an address: such a one is asked for by itself.
  const id = next.find((one) => one.includes(','))
  const ids = id === undefined ? (toIdLists(next, IDS)[0] ?? []) : [id]
  try {
    const found =
      id === undefined
        ? (await call('GET /v1/users', { query: { ids: ids.join(','), limit: IDS } })).data
        : [(await call('GET /v1/users/:id', { params: { id } })).user]
    people.remember(found)
  } catch (error) {
    if (!(error instanceof ChatError) || error.isRetryable) throw error
    // Nobody has this id, which is known then as of any other that was asked for.
    if (error.code !== 'NOT_FOUND') for (const one of ids) people.missed(one)
  }
  for (const one of ids) waiting.delete(one)
}
