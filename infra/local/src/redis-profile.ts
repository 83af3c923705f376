import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { REPOSITORY } from './app-process.ts'
import { LaunchError } from './launch-error.ts'

/**
 * A configuration of `infra`, with what is of this machine in it: the line of each directive is replaced, or
 * added where there is none. Redis and sentinels write to their files, so each has a folder and file of its own.
 */
export function writeRedisConfig(
  profile: string,
  dir: string,
  directives: Readonly<Record<string, string>>,
): string {
  rmSync(dir, { recursive: true, force: true })
  mkdirSync(dir, { recursive: true })
  const lines = readFileSync(join(REPOSITORY, 'infra', profile), 'utf8').split('\n')
  for (const [directive, value] of Object.entries({ bind: '127.0.0.1', dir, ...directives })) {
    const found = lines.flatMap((line, at) => (line.startsWith(`${directive} `) ? [at] : []))
    if (found.length > 1) throw new LaunchError(`infra/${profile} has '${directive}' twice.`)
    lines[found[0] ?? lines.length] = `${directive} ${value}`
  }
  const file = join(dir, 'redis.conf')
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 })
  return file
}
