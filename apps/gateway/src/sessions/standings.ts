import { ROLES, type UserRoom } from '@parley/message-schema'

/** What is to be known of somebody in a room beside their being in it. */
export interface Standing {
  /** A freeze is not for them. */
  readonly isExempt: boolean
  readonly mutedUntil: string | undefined
}

/** Of those rooms where they are more than a member, or less; most have none, and it costs nothing. */
export type Standings = Map<string, Standing>

const isExempt = (role: string): boolean =>
  Object.hasOwn(ROLES, role) &&
  ROLES[role as keyof typeof ROLES].permissions.has('moderation:exempt')

/** As MySQL says; `undefined` if they are a plain member everywhere. */
export function standingsOf(rooms: readonly UserRoom[]): Standings | undefined {
  const standings: Standings = new Map()
  for (const { roomId, role, mutedUntil } of rooms) {
    const standing = { isExempt: isExempt(role), mutedUntil }
    if (standing.isExempt || mutedUntil !== undefined) standings.set(roomId, standing)
  }
  return standings.size > 0 ? standings : undefined
}
