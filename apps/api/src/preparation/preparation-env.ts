import { SECRET } from '@parley/server-kit'
import { z } from 'zod'

const LONGEST_TIMEOUT_MS = 4_000

export const preparationEnv = {
  BEFORE_SEND_URL: z
    .url({ protocol: /^https?$/u })
    .refine((url) => !/^https?:\/\/[^/]*@/iu.test(url), 'must not hold a password')
    .optional()
    .describe('Is asked about every message before it is sent; see `docs/moderation.md`.'),
  BEFORE_SEND_SECRET: z
    .string()
    .regex(/^(whsec_)?[A-Za-z0-9+/]{32,}={0,2}$/u, 'must be base64, of at least 24 bytes')
    .optional()
    .describe('Signs what is asked, as Standard Webhooks do: base64, with or without `whsec_`.')
    .meta(SECRET),
  BEFORE_SEND_TIMEOUT_MS: z.coerce
    .number()
    .int()
    .min(10)
    // Gateways wait 8 s for an answer, and then send again.
    .max(LONGEST_TIMEOUT_MS)
    .default(1_000)
    .describe('After that there is no answer.'),
  BEFORE_SEND_FAIL: z
    .enum(['open', 'closed'])
    .default('open')
    .describe('Without an answer messages are sent as they are (`open`), or refused (`closed`).'),
  MESSAGE_TYPES: z
    .enum(['any', 'registered'])
    .default('any')
    .describe('`registered` refuses messages of types that nobody registered.'),
} as const

export interface HookSettings {
  readonly url: string
  readonly secret: string | undefined
  readonly timeoutMs: number
  readonly failsOpen: boolean
}

export interface PreparationSettings {
  readonly hook: HookSettings | undefined
  readonly onlyRegisteredTypes: boolean
}

export function toPreparationSettings(
  env: z.output<z.ZodObject<typeof preparationEnv>>,
): PreparationSettings {
  const { BEFORE_SEND_URL: url } = env
  return {
    hook:
      url === undefined
        ? undefined
        : {
            url,
            secret: env.BEFORE_SEND_SECRET,
            timeoutMs: env.BEFORE_SEND_TIMEOUT_MS,
            failsOpen: env.BEFORE_SEND_FAIL === 'open',
          },
    onlyRegisteredTypes: env.MESSAGE_TYPES === 'registered',
  }
}
