/** Who did what that others may ask about later. Never holds a secret or the text of a message. */
export interface AuditEntry {
  readonly actorId: string
  readonly actorKind: 'key' | 'user' | 'system'
  /** `thing:verb`, at most 40 characters. */
  readonly action: string
  readonly roomId?: string | undefined
  /** The user or the key that it was done to. */
  readonly targetId?: string | undefined
  readonly details?: Readonly<Record<string, unknown>> | undefined
}

/** What backends do is written down under the id of the key that they did it with. */
export const byKey = (keyId: string, action: string, targetId?: string): AuditEntry => ({
  actorId: keyId,
  actorKind: 'key',
  action,
  targetId,
})
