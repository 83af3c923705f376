/** Of an address: balancers take some more, and ids may be long. */
const IDS_CHARACTERS = 5_000

/** Lists that fit into an address each. An id with a comma cannot be asked for. */
export function toIdLists(ids: readonly string[], most: number): readonly (readonly string[])[] {
  const lists: string[][] = []
  let characters = Infinity
  for (const id of ids) {
    if (id.includes(',')) continue
    const own = encodeURIComponent(id).length + 3
    const last = lists.at(-1)
    if (last === undefined || characters + own > IDS_CHARACTERS || last.length >= most) {
      lists.push([id])
      characters = own
    } else {
      last.push(id)
      characters += own
    }
  }
  return lists
}
