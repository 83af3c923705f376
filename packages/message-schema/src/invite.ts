import { z } from 'zod'
import { RoomId, TimeInput, Timestamp, UserId, Uuid } from './ids.ts'
import { LIMITS } from './limits.ts'
import { MemberRole } from './room.ts'

/** 128 random bits. */
export const InviteCode = z
  .string()
  .regex(/^[A-Za-z0-9_-]{22}$/u, 'must be the code of an invite')
  .meta({ id: 'InviteCode' })

export const Invite = z
  .object({
    id: Uuid,
    roomId: RoomId,
    /** The one person it is for; `null` for whoever has the code. */
    userId: UserId.nullable(),
    role: MemberRole,
    createdBy: UserId,
    createdAt: Timestamp,
    expiresAt: Timestamp,
    /** `null` without an end. */
    maxUses: z.int().positive().nullable(),
    uses: z.int().nonnegative(),
  })
  .meta({ id: 'Invite' })
export type Invite = z.infer<typeof Invite>

/** What somebody may know who was invited and has not come yet. */
export const InvitePreview = z
  .object({
    id: Uuid,
    room: z.object({
      id: RoomId,
      name: z.string().nullable(),
      topic: z.string().nullable(),
      avatarUrl: z.string().nullable(),
      memberCount: z.int().nonnegative(),
    }),
    inviter: z.object({ id: UserId, displayName: z.string(), avatarUrl: z.string().nullable() }),
    role: MemberRole,
    expiresAt: Timestamp,
    /** Whether the caller is in the room already. */
    isMember: z.boolean(),
  })
  .meta({ id: 'InvitePreview' })
export type InvitePreview = z.infer<typeof InvitePreview>

export const InviteDraft = z
  .strictObject({
    /** Only this person may use it; without it whoever has the code. */
    userId: UserId.optional(),
    /** One of the two, or seven days. */
    expiresInS: z.int().min(60).max(LIMITS.inviteForS).optional(),
    expiresAt: TimeInput.optional(),
    maxUses: z.int().min(1).max(LIMITS.inviteUses).optional(),
    role: MemberRole.default('member'),
  })
  .refine(({ userId, maxUses }) => userId === undefined || maxUses === undefined, {
    message: 'an invite of one person is used once',
    path: ['maxUses'],
  })
  .refine(({ expiresInS, expiresAt }) => expiresInS === undefined || expiresAt === undefined, {
    message: 'takes one of expiresInS and expiresAt',
    path: ['expiresAt'],
  })
export type InviteDraft = z.output<typeof InviteDraft>
