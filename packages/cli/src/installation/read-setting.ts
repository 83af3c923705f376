import { readFileSync } from 'node:fs'
import { badUsage } from '../cli-error.ts'

/** One newline at its end is that of an editor. */
export function readSecretFile(path: string, from: string): string {
  try {
    const secret = readFileSync(path, 'utf8').replace(/\r?\n$/u, '')
    if (secret !== '') return secret
  } catch (cause) {
    const { code = 'unknown' } = cause as NodeJS.ErrnoException
    throw badUsage(`${from}: ${path} cannot be read (${code}).`)
  }
  throw badUsage(`${from}: ${path} is empty.`)
}

/** A variable, or the file that `<NAME>_FILE` names; as the apps read their secrets. */
export function readSetting(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const value = env[name] || undefined
  const path = env[`${name}_FILE`] || undefined
  if (value !== undefined && path !== undefined) {
    throw badUsage(`${name} and ${name}_FILE are both set; set one of them.`)
  }
  return path === undefined ? value : readSecretFile(path, `${name}_FILE`)
}
