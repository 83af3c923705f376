import type { Member } from '@parley/message-schema'

export type MemberRow =
  | { readonly kind: 'role'; readonly role: string; readonly count: number | null }
  | { readonly kind: 'member'; readonly member: Member }

/** Members with a heading before those of each role. Counts are told when all are there. */
export function memberRows(members: readonly Member[], isWhole: boolean): readonly MemberRow[] {
  const counts = new Map<string, number>()
  for (const { role } of members) counts.set(role, (counts.get(role) ?? 0) + 1)
  const last = members.at(-1)?.role
  const rows: MemberRow[] = []
  let before: string | undefined
  for (const member of members) {
    const { role } = member
    if (role !== before) {
      // Only of the last role there may be more.
      const isKnown = isWhole || role !== last
      rows.push({ kind: 'role', role, count: isKnown ? (counts.get(role) ?? 0) : null })
    }
    rows.push({ kind: 'member', member })
    before = role
  }
  return rows
}
