import { SECRET } from '@parley/server-kit'
import { z } from 'zod'
import type { AdminUiSettings } from './socket/admin-ui.ts'

/** `$2y$` is what `htpasswd -B` writes, and the same as `$2b$`. */
const BCRYPT = /^\$2[aby]\$(?:0[4-9]|1[0-4])\$[./\w]{53}$/u

export const adminUiEnv = {
  ADMIN_UI_USERNAME: z
    .string()
    .max(100)
    .optional()
    .describe('With ADMIN_UI_PASSWORD_HASH it opens the console of Socket.IO at `/admin`.'),
  ADMIN_UI_PASSWORD_HASH: z
    .string()
    .regex(BCRYPT, 'must be a bcrypt hash of cost 4-14')
    .optional()
    .describe('bcrypt hash of its password.')
    .meta(SECRET),
} as const

type AdminUiEnv = z.output<z.ZodObject<typeof adminUiEnv>>

/** Half of it is a mistake, not a wish. */
export function checkAdminUi<Env extends z.ZodType<AdminUiEnv>>(schema: Env): Env {
  return schema.refine(
    (env) => (env.ADMIN_UI_USERNAME === undefined) === (env.ADMIN_UI_PASSWORD_HASH === undefined),
    {
      path: ['ADMIN_UI_PASSWORD_HASH'],
      message: 'and ADMIN_UI_USERNAME belong together',
      when: () => true,
    },
  )
}

export function toAdminUiSettings(env: AdminUiEnv): AdminUiSettings | undefined {
  const { ADMIN_UI_USERNAME: username, ADMIN_UI_PASSWORD_HASH: passwordHash } = env
  return username === undefined || passwordHash === undefined
    ? undefined
    : { username, passwordHash }
}
