import type { z } from 'zod'
import { checkTestSettings, type TestEnv } from './test-settings.ts'
import { checkHostSettings, type TokenEnv } from './tokens/token-settings.ts'

/** What belongs together in the environment of whoever verifies tokens. */
export const checkSettings = <Env extends z.ZodType<TokenEnv & TestEnv>>(schema: Env): Env =>
  checkTestSettings(checkHostSettings(schema))
