import { z } from 'zod'
import { SECRET } from '../secret-files.ts'

/** Read by the API and by the gateways alike: both verify the same tokens. */
export const tokenEnv = {
  TOKEN_ISSUER: z.string().default('parley').describe('`iss` of our own access tokens.'),
  TOKEN_AUDIENCE: z.string().default('parley').describe('`aud` that every token must have.'),
  HOST_JWT_SECRET: z
    .string()
    .min(32, 'must have at least 32 characters')
    // Its public half is known: whoever has it could sign with it.
    .regex(/^(?!\s*-----BEGIN)/u, 'is a key of a pair, not a secret: use HOST_JWKS_URL')
    .optional()
    .describe('Shared secret of the host application for HS256 tokens.')
    .meta(SECRET),
  HOST_JWKS_URL: z.url().optional().describe('Key set of the host application for RS256/ES256.'),
  HOST_JWT_ISSUER: z
    .string()
    .optional()
    .describe('`iss` of the host application; required with it.'),
  HOST_JWT_AUDIENCE: z.string().optional().describe('Its `aud`, if it is not TOKEN_AUDIENCE.'),
} as const

export interface TokenSettings {
  readonly issuer: string
  readonly audience: string
  readonly host?: {
    readonly issuer: string
    readonly audience: string
    readonly secret?: string
    readonly jwksUrl?: string
  }
}

export type TokenEnv = z.output<z.ZodObject<typeof tokenEnv>>

export function toTokenSettings(env: TokenEnv): TokenSettings {
  const { HOST_JWT_SECRET: secret, HOST_JWKS_URL: jwksUrl, HOST_JWT_ISSUER: issuer } = env
  const own = { issuer: env.TOKEN_ISSUER, audience: env.TOKEN_AUDIENCE }
  if (issuer === undefined) return own
  return {
    ...own,
    host: {
      issuer,
      audience: env.HOST_JWT_AUDIENCE ?? env.TOKEN_AUDIENCE,
      ...(secret !== undefined && { secret }),
      ...(jwksUrl !== undefined && { jwksUrl }),
    },
  }
}

const hasHostKey = (env: Partial<TokenEnv>): boolean =>
  env.HOST_JWT_SECRET !== undefined || env.HOST_JWKS_URL !== undefined

/** Half a host configuration is a mistake, not a wish. */
const HOST_RULES: readonly (readonly [string, string, (env: Partial<TokenEnv>) => boolean])[] = [
  [
    'HOST_JWT_ISSUER',
    'is required with HOST_JWT_SECRET or HOST_JWKS_URL',
    (env) => !hasHostKey(env) || env.HOST_JWT_ISSUER !== undefined,
  ],
  [
    'HOST_JWT_SECRET',
    'or HOST_JWKS_URL is required with HOST_JWT_ISSUER',
    (env) => hasHostKey(env) || env.HOST_JWT_ISSUER === undefined,
  ],
  [
    'HOST_JWT_ISSUER',
    'must differ from TOKEN_ISSUER',
    (env) => env.HOST_JWT_ISSUER === undefined || env.HOST_JWT_ISSUER !== env.TOKEN_ISSUER,
  ],
]

/** Looks at what belongs together even if something else is wrong: all is to be said at once. */
export function checkHostSettings<Env extends z.ZodType<TokenEnv>>(schema: Env): Env {
  return HOST_RULES.reduce<Env>(
    (checked, [path, message, holds]) =>
      checked.refine(holds, { path: [path], message, when: () => true }),
    schema,
  )
}
