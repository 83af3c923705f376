import { z } from 'zod'

/** Names every wrong variable at once, by name and problem, never by value: some are secrets. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError'
}

/** Parses the environment once. An empty variable counts as absent, as shells and compose mean it. */
export function readEnv<Schema extends z.ZodType>(
  schema: Schema,
  env: NodeJS.ProcessEnv,
): z.output<Schema> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new EnvironmentError(`The environment is not right. ${problems.join('; ')}`)
}

/** `a, b,c` → `['a', 'b', 'c']` */
export const commaList = z
  .string()
  .default('')
  .transform((list) =>
    list
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean),
  )

export const port = z.coerce.number().int().min(0).max(65_535)
export const durationMs = z.coerce.number().int().nonnegative()
