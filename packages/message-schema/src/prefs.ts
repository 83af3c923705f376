import { z } from 'zod'

/**
 * `everybody`: who shares a room with one. `contacts`: who shares a room of at most
 * `LIMITS.contactMembers` members with one, as in every DM. Strangers see nothing in any case.
 */
export const Audience = z.enum(['everybody', 'contacts', 'nobody'])
export type Audience = z.infer<typeof Audience>

const privacyShape = {
  /** Who sees whether one is there. */
  presence: Audience,
  /** Who sees when one was last there. */
  lastSeen: Audience,
  /** Whether others see how far one has read. */
  readReceipts: z.boolean(),
  /** Whether others see that one is typing. */
  typing: z.boolean(),
}

export const Privacy = z.object(privacyShape).meta({ id: 'Privacy' })
export type Privacy = z.infer<typeof Privacy>

export const DEFAULT_PRIVACY: Privacy = {
  presence: 'everybody',
  lastSeen: 'everybody',
  readReceipts: true,
  typing: true,
}

export const Prefs = z.object({ privacy: Privacy }).meta({ id: 'Prefs' })
export type Prefs = z.infer<typeof Prefs>

/** What is not named stays as it is. */
export const PrefsChange = z
  .strictObject({ privacy: z.strictObject(privacyShape).partial().optional() })
  .meta({ id: 'PrefsChange' })
export type PrefsChange = z.infer<typeof PrefsChange>
