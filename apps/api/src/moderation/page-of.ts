/** A page of a list that is read onwards; `found` has one more than `limit` if there is more. */
export function pageOf<Item>(
  found: readonly Item[],
  limit: number,
  after: string | undefined,
  cursorOf: (item: Item) => string,
) {
  const data = found.slice(0, limit)
  const last = data.at(-1)
  return {
    data,
    page: {
      before: null,
      after: last === undefined ? (after ?? null) : cursorOf(last),
      hasMoreBefore: after !== undefined,
      hasMoreAfter: found.length > limit,
    },
  }
}
