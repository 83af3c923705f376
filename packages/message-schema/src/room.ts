import { z } from 'zod'
import { Position, RoomId, Seq, Timestamp, UserId } from './ids.ts'
import { LIMITS } from './limits.ts'
import { PermissionName, RoleOverrides } from './permissions.ts'
import { hasVisible, isOneLine, text } from './text.ts'

export const RoomKind = z.enum(['room', 'dm', 'group'])
export type RoomKind = z.infer<typeof RoomKind>
export const Visibility = z.enum(['public', 'private'])
export type Visibility = z.infer<typeof Visibility>
/** `all`: a member reads the whole log. `since-join`: from the event of their joining on. */
export const HistoryPolicy = z.enum(['all', 'since-join'])
export type HistoryPolicy = z.infer<typeof HistoryPolicy>

/** One of the built-in roles (owner, admin, moderator, member, guest) or a custom one. */
export const MemberRole = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/u, 'must be the name of a role')
  .meta({ id: 'MemberRole' })
export type MemberRole = z.infer<typeof MemberRole>

/** Only `https:` and `http:` addresses, and paths of our own files: nothing that runs in a page. */
export const PictureUrl = z
  .string()
  .max(2_048)
  .regex(/^(https?:\/\/[^\s"'<>\\]+|\/v1\/files\/[0-9a-f-]{36})$/iu, 'must be an http(s) address')
  .meta({ id: 'PictureUrl' })

/** What a room may be told to be. `PATCH /v1/rooms/:id` takes these, `room:updated` tells them. */
export const roomSettingsShape = {
  name: z.string().nullable(),
  topic: z.string().nullable(),
  avatarUrl: PictureUrl.nullable(),
  visibility: Visibility,
  history: HistoryPolicy,
  /** Nobody writes, but for those who are exempt. */
  frozen: z.boolean(),
  /** Nobody writes and nothing changes until it is brought back. */
  archived: z.boolean(),
  /** Seconds between two messages of one person; 0 is off. */
  slowModeS: z.int().min(0).max(LIMITS.slowModeS),
  /** Days after which bodies are erased; `null` keeps them. */
  retentionDays: z.int().min(1).max(36_500).nullable(),
  roleOverrides: RoleOverrides.nullable(),
}

const { history, slowModeS, retentionDays, roleOverrides } = roomSettingsShape

/** As `Room.settings` shows them. A draft or a change names each of them here or by itself. */
export const RoomSettingsChange = z
  .strictObject({ history, slowModeS, retentionDays, roleOverrides })
  .partial()
  .meta({ id: 'RoomSettingsChange' })
export type RoomSettingsChange = z.output<typeof RoomSettingsChange>

interface WithSettings extends RoomSettingsChange {
  settings?: RoomSettingsChange | undefined
}

/** What is said twice has to be the same. */
export function agreeOnSettings(
  draft: WithSettings,
  context: {
    readonly addIssue: (issue: { code: 'custom'; message: string; path: string[] }) => void
  },
): void {
  for (const field of Object.keys(draft.settings ?? {}) as (keyof RoomSettingsChange)[]) {
    const [flat, nested] = [draft[field], draft.settings?.[field]]
    if (flat === undefined || JSON.stringify(flat) === JSON.stringify(nested)) continue
    const message = `is not what ${field} says`
    context.addIssue({ code: 'custom', message, path: ['settings', field] })
  }
}

export const flattenSettings = <Draft extends WithSettings>({
  settings,
  ...flat
}: Draft): Omit<Draft, 'settings'> & RoomSettingsChange => ({ ...settings, ...flat })

/** What is told of a room in its own log: each field when it is set for the first time or changes. */
export const RoomFacts = z
  .object({
    kind: RoomKind,
    ...roomSettingsShape,
    /** Bodies up to here were erased by retention. */
    erasedTo: Position,
    deleted: z.literal(true),
  })
  .partial()
  .meta({ id: 'RoomFacts' })
export type RoomFacts = z.infer<typeof RoomFacts>

export const Room = z
  .object({
    id: RoomId,
    kind: RoomKind,
    name: z.string().nullable(),
    visibility: Visibility,
    topic: z.string().nullable(),
    avatarUrl: z.string().nullable(),
    head: Position,
    lastMsgNo: z.int().nonnegative(),
    memberCount: z.int().nonnegative(),
    frozen: z.boolean(),
    archived: z.boolean(),
    /** What is off in large rooms is said here, never silently. */
    features: z.object({
      typing: z.boolean(),
      readReceipts: z.enum(['people', 'counts']),
      notifyAll: z.boolean(),
    }),
    settings: z.object({
      history: HistoryPolicy,
      slowModeS: z.int().nonnegative(),
      retentionDays: z.int().nullable(),
      roleOverrides: RoleOverrides.nullable(),
    }),
    createdAt: Timestamp,
    /** The caller's own part in it; absent for somebody who is not a member. */
    me: z
      .object({
        role: MemberRole,
        permissions: z.array(PermissionName),
        readSeq: Position,
        unread: z.int().nonnegative(),
        mentions: z.int().nonnegative(),
        mutedUntil: Timestamp.nullable(),
        notify: z.enum(['all', 'mentions', 'none']),
      })
      .optional(),
    /** The other people of a DM or group DM, for a title. */
    peers: z.array(z.object({ id: UserId, displayName: z.string() })).optional(),
  })
  .meta({ id: 'Room' })
export type Room = z.infer<typeof Room>

export const Member = z
  .object({
    userId: UserId,
    username: z.string().nullable(),
    displayName: z.string(),
    avatarUrl: z.string().nullable(),
    role: MemberRole,
    joinedAt: Timestamp,
    mutedUntil: Timestamp.nullable(),
  })
  .meta({ id: 'Member' })
export type Member = z.infer<typeof Member>

export const RoomName = text(LIMITS.roomNameCharacters)
  .transform((name) => name.trim().normalize('NFC'))
  .pipe(
    z
      .string()
      .min(1, 'must not be blank')
      .refine(hasVisible, 'must have something that can be seen')
      .refine(isOneLine, 'must have no control characters, also none that turn the direction'),
  )
export const Topic = text(LIMITS.topicCharacters)

/** Where a command that changes a room answers: the `seq` of its event. */
export const Changed = z.object({ seq: Seq }).meta({ id: 'Changed' })
export type Changed = z.infer<typeof Changed>

export const RoomChange = z
  .strictObject({
    ...roomSettingsShape,
    name: RoomName.nullable(),
    topic: Topic.nullable(),
    settings: RoomSettingsChange,
  })
  .partial()
  .refine(
    (change) => Object.keys(flattenSettings(change)).length > 0,
    'must name what is to be changed',
  )
  .superRefine(agreeOnSettings)
  .meta({ id: 'RoomChange' })
export type RoomChange = z.output<typeof RoomChange>
