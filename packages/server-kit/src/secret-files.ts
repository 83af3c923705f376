import { readFileSync } from 'node:fs'
import { z } from 'zod'

/** Marks a variable whose value must not be seen: `schema.meta(SECRET)`. */
export const SECRET = { secret: true } as const

export const fileVariable = (name: string): string => `${name}_FILE`

/** The variables of a schema that are marked as secrets. */
export function secretNames(schema: z.ZodType): string[] {
  if (!(schema instanceof z.ZodObject)) return []
  const shape: Record<string, z.ZodType> = schema.shape
  return Object.keys(shape).filter((name) => shape[name]?.meta()?.['secret'] === true)
}

interface Taken {
  readonly values: NodeJS.ProcessEnv
  /** By the name of the variable: what is wrong with its file. */
  readonly unread: ReadonlyMap<string, string>
}

/** Puts what is in the file of `<NAME>_FILE` in the place of the variable, for each secret. */
export function takeSecretFiles(schema: z.ZodType, given: NodeJS.ProcessEnv): Taken {
  const values = { ...given }
  const unread = new Map<string, string>()
  for (const name of secretNames(schema)) {
    const path = given[fileVariable(name)]
    if (path === undefined) continue
    if (given[name] !== undefined) {
      unread.set(name, `${name}: is given, and ${fileVariable(name)} too; give one of them`)
      continue
    }
    const read = readSecret(path)
    if ('secret' in read) values[name] = read.secret
    else unread.set(name, `${fileVariable(name)}: ${read.problem}`)
  }
  return { values, unread }
}

function readSecret(path: string): { readonly secret: string } | { readonly problem: string } {
  const shown = shownPath(path)
  try {
    // Editors and `echo` end a file with a newline that is no part of the secret.
    const secret = readFileSync(path, 'utf8').replace(/\r?\n$/u, '')
    return secret === '' ? { problem: `${shown} is empty` } : { secret }
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException
    return { problem: `${shown} cannot be read (${code})` }
  }
}

/** Somebody may have put the secret itself where its path should be. */
const shownPath = (path: string): string => (/^\.{0,2}\//u.test(path) ? path : 'what it names')
