import { execFile } from 'node:child_process'
import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseEnv, promisify } from 'node:util'
import { badUsage } from '../cli-error.ts'
import { readSetting } from '../installation/read-setting.ts'
import { error, ok, skipped, warn, type Finding } from './finding.ts'

const execute = promisify(execFile)
const repository = new URL('../../../../', import.meta.url)

/** What tells that the settings of an app are meant. */
const APPS = [
  { name: 'API', main: 'apps/api/dist/main.js', mark: 'TOKEN_SIGNING_KEY_FILE' },
  { name: 'worker', main: 'apps/api/dist/worker-main.js', mark: 'WORKER_NAME' },
  { name: 'gateway', main: 'apps/gateway/dist/main.js', mark: 'API_URL' },
] as const

/** Settings in a file, as `.env.example` has them. */
export function readEnvFile(path: string): NodeJS.ProcessEnv {
  try {
    return parseEnv(readFileSync(path, 'utf8'))
  } catch (cause) {
    const { code = 'unknown' } = cause as NodeJS.ErrnoException
    throw badUsage(`--env-file: ${path} cannot be read (${code}).`)
  }
}

/** The settings that this command was given, looked at as the apps would. */
export async function checkSettings(env: NodeJS.ProcessEnv): Promise<Finding[]> {
  const complete = await Promise.all(
    APPS.filter(({ mark }) => (env[mark] ?? '') !== '').map(({ name, main }) =>
      tryApp(env, name, main),
    ),
  )
  const none = skipped(
    'settings-complete',
    'No settings of an app are given here; name a file with them with --env-file.',
  )
  return [...(complete.length === 0 ? [none] : complete), ...checkSecrets(env), ...fileStorage(env)]
}

async function tryApp(env: NodeJS.ProcessEnv, name: string, main: string): Promise<Finding> {
  const path = fileURLToPath(new URL(main, repository))
  if (!existsSync(path)) {
    return skipped('settings-complete', `The ${name} is not built here: run npm run build.`)
  }
  try {
    await execute(process.execPath, [path, '--check-config'], { env, timeout: 30_000 })
    return ok('settings-complete', `The ${name} takes its settings.`)
  } catch (problem) {
    const { stderr = '' } = problem as { stderr?: string }
    const [first = ''] = stderr.trim().split('\n')
    // The apps name variables, and never what they hold.
    return error('settings-complete', `The ${name} refuses its settings: ${first}`)
  }
}

const SECRETS = {
  INTERNAL_TOKEN: 32,
  ROOT_API_KEY: 32,
  HOST_JWT_SECRET: 32,
  BEFORE_SEND_SECRET: 32,
} as const

const EXAMPLE = /change.?me|example|secret|password|parley|test|1234|abcd|xxxx|\.\.\.|…/iu
/** What 32 random letters of any alphabet have many more of. */
const FEW_LETTERS = 10

export function judgeSecret(name: string, secret: string, least: number): Finding | undefined {
  const random = 'make one with openssl rand -base64 32'
  if (secret.length < least) {
    return warn('secret-strength', `${name} has fewer than ${least} characters; ${random}.`)
  }
  if (new Set(secret).size < FEW_LETTERS || EXAMPLE.test(secret)) {
    return error('secret-strength', `${name} looks like an example, or can be guessed; ${random}.`)
  }
  return undefined
}

function checkSecrets(env: NodeJS.ProcessEnv): Finding[] {
  const given = Object.entries(SECRETS).flatMap(([name, least]) => {
    const secret = readSetting(env, name)
    return secret === undefined ? [] : [{ name, secret, least }]
  })
  if (given.length === 0)
    return [skipped('secret-strength', 'No secrets of the apps are given here.')]
  const found = given.flatMap(({ name, secret, least }) => judgeSecret(name, secret, least) ?? [])
  return found.length > 0 ? found : [ok('secret-strength', 'The secrets are long.')]
}

function fileStorage(env: NodeJS.ProcessEnv): Finding[] {
  const dir = env['FILE_STORAGE_DIR'] || undefined
  if (dir === undefined) {
    const bucket = env['S3_BUCKET']
      ? 'A bucket is not tried from here.'
      : 'FILE_STORAGE_DIR is not given here.'
    return [skipped('file-storage', bucket)]
  }
  try {
    if (!statSync(dir).isDirectory()) return [error('file-storage', `${dir} is no folder.`)]
    accessSync(dir, constants.W_OK | constants.X_OK)
    return [ok('file-storage', `${dir} can be written.`)]
  } catch (problem) {
    const { code = 'unknown' } = problem as NodeJS.ErrnoException
    const what = `${dir} cannot be written (${code})`
    return [error('file-storage', `${what}; make it, for the user that runs APIs and workers.`)]
  }
}
