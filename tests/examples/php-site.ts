import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { eventually, type TestCluster } from '@parley/testkit'

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url))
const PHP_EXAMPLES = join(REPOSITORY, 'examples/php')
export const HOST = {
  HOST_JWT_ISSUER: 'php.example',
  HOST_JWT_SECRET: 'of the tests: 0123456789abcdefghij',
}

export interface Ran {
  readonly code: number | null
  readonly output: string
}

/** A program to its end, with nothing of our environment but where programs are. */
export async function runProgram(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const child = spawn(command, args, {
    cwd: PHP_EXAMPLES,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const listen = (chunk: Buffer): void => void (output += chunk.toString())
  child.stdout.on('data', listen)
  child.stderr.on('data', listen)
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, output }
}

export interface PhpSite {
  readonly url: string
  readonly output: () => string
  /** As Ctrl-C does; answers its exit code. */
  readonly stop: () => Promise<number | null>
}

/** The site of the examples, on a cluster that has to know it by `ALLOWED_ORIGINS`. */
export async function startPhpSite(cluster: TestCluster, port: number): Promise<PhpSite> {
  const child = spawn(
    process.execPath,
    [join(PHP_EXAMPLES, 'run.mjs'), '--url', cluster.url, '--port', String(port)],
    {
      env: {
        PATH: process.env['PATH'],
        ...HOST,
        PARLEY_API_KEY: readFileSync(join(cluster.dir, 'secrets/root-api-key'), 'utf8').trim(),
        SITE_DATABASE_URL: cluster.info().database.url.replace('parley:', 'parley_admin:'),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let output = ''
  const listen = (chunk: Buffer): void => void (output += chunk.toString())
  child.stdout.on('data', listen)
  child.stderr.on('data', listen)
  const closed = once(child, 'close')
  const url = await eventually(
    () => {
      const ready = /^ready (\S+)$/mu.exec(output)?.[1]
      if (ready === undefined) throw new Error(`It is not ready: ${output}`)
      return ready
    },
    { timeoutMs: 60_000, everyMs: 50 },
  )
  const stop = async (): Promise<number | null> => {
    child.kill('SIGINT')
    await closed
    return child.exitCode
  }
  return { url, output: () => output, stop }
}
