import type { MemberPage, Room } from '@parley/client'
import type { Member } from '@parley/message-schema'
import type { Page } from './use-pages.ts'

/** A room of so many is read as a whole, and put in order here. */
const WHOLE = 200
const PAGE = 100
/** After a change so many of those that were shown are read again; the rest as one scrolls. */
const MOST_AGAIN = 600

/** Where to go on in a large room: among those of one role. */
export interface MembersCursor {
  readonly role: string
  readonly after: string | null
}

export interface MembersPorts {
  readonly list: Room['members']['list']
  /** Names, the highest first. */
  readonly roles: readonly string[]
  readonly memberCount: number
}

const byName = new Intl.Collator(undefined, { sensitivity: 'base', numeric: true })

/** Of the highest role first, then by name. Roles that nobody knows are last. */
export function sortMembers(
  members: readonly Member[],
  roles: readonly string[],
): readonly Member[] {
  const place = new Map(roles.map((role, index) => [role, index]))
  const placeOf = ({ role }: Member): number => place.get(role) ?? roles.length
  return members.toSorted(
    (a, b) =>
      placeOf(a) - placeOf(b) ||
      byName.compare(a.role, b.role) ||
      byName.compare(a.displayName, b.displayName) ||
      (a.userId < b.userId ? -1 : 1),
  )
}

async function readWhole({ list, roles }: MembersPorts): Promise<Page<Member, MembersCursor>> {
  const members: Member[] = []
  let page: MemberPage | null = null
  // Whoever came since it was counted may begin another page.
  do {
    const cursor = page?.cursor ?? null
    page = await list({ limit: WHOLE, ...(cursor !== null && { cursor }) })
    members.push(...page.members)
  } while (page.cursor !== null && members.length < 2 * WHOLE)
  return { items: sortMembers(members, roles), cursor: null }
}

/** Role by role, as the server orders those of one role. */
async function readByRole(
  { list, roles }: MembersPorts,
  from: MembersCursor | null,
  atLeast: number,
): Promise<Page<Member, MembersCursor>> {
  const members: Member[] = []
  let at = from ?? { role: roles[0] ?? 'member', after: null }
  for (;;) {
    const { role, after } = at
    const page = await list({ role, limit: PAGE, ...(after !== null && { cursor: after }) })
    members.push(...page.members)
    const next = roles[roles.indexOf(role) + 1]
    if (page.cursor !== null) at = { role, after: page.cursor }
    else if (next !== undefined) at = { role: next, after: null }
    else return { items: members, cursor: null }
    if (members.length >= atLeast) return { items: members, cursor: at }
  }
}

/**
 * Members grouped by role. `known`: how many are shown and are to be read again. In a room that fits,
 * all of them; in a large one page by page.
 */
export function readMembers(
  ports: MembersPorts,
  from: MembersCursor | null,
  known: number,
): Promise<Page<Member, MembersCursor>> {
  if (from === null && ports.memberCount <= WHOLE) return readWhole(ports)
  return readByRole(ports, from, Math.max(PAGE / 2, Math.min(known, MOST_AGAIN)))
}
