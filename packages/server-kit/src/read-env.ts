import { z } from 'zod'
import { takeSecretFiles } from './secret-files.ts'

/** Names every wrong variable at once, by name and problem, never by value: some are secrets. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError'
}

/**
 * Parses the environment once. An empty variable counts as absent, as shells and compose mean it. What is
 * marked as a secret may come from a file instead: `<NAME>_FILE` is its path.
 */
export function readEnv<Schema extends z.ZodType>(
  schema: Schema,
  env: NodeJS.ProcessEnv,
): z.output<Schema> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const { values, unread } = takeSecretFiles(schema, given)
  const parsed = schema.safeParse(values)
  if (parsed.success && unread.size === 0) return parsed.data
  // What could not be read is not missing as well.
  const issues = (parsed.error?.issues ?? []).filter(({ path }) => !unread.has(String(path[0])))
  const problems = [
    ...unread.values(),
    ...issues.map(({ path, message }) => `${path.join('.')}: ${message}`),
  ]
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
