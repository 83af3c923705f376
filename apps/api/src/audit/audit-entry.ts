import type { KeyIdentity } from '../auth/caller.ts'

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

/** Under the id of the key, or of the operator, that did it. */
export const byCaller = (
  { keyId, isOperator }: Pick<KeyIdentity, 'keyId' | 'isOperator'>,
  action: string,
  targetId?: string,
): AuditEntry => ({
  ...byKey(keyId, action, targetId),
  actorKind: isOperator === true ? 'user' : 'key',
})

/** What backends do is written down under the id of the key that they did it with. */
export const byKey = (keyId: string, action: string, targetId?: string): AuditEntry => ({
  actorId: keyId,
  actorKind: 'key',
  action,
  targetId,
})
