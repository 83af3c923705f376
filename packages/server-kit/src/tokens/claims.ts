import { z } from 'zod'

/** What a verified access token says. `sessionId` is ours only; `host` marks a host application's. */
export interface Identity {
  readonly userId: string
  readonly expiresAtMs: number
  readonly issuedAtMs: number
  readonly sessionId?: string
  readonly host?: { readonly displayName?: string; readonly avatarUrl?: string }
}

export type Claims = z.output<typeof Claims>
export const Claims = z.object({
  sub: z.union([z.string(), z.int().transform(String)]),
  /** Seconds; beyond the last moment that a date can say it is a mistake. */
  exp: z.number().max(8_640_000_000_000),
  iat: z.number().optional(),
  sid: z.string().optional(),
  name: z.string().optional(),
  picture: z.string().optional(),
})
