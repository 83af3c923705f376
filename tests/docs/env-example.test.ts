import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
// @boundaries-ignore the settings of the apps are what is documented
import { ApiEnv } from '../../apps/api/src/config.ts'
// @boundaries-ignore the settings of the apps are what is documented
import { WorkerEnv } from '../../apps/api/src/worker-config.ts'
// @boundaries-ignore the settings of the apps are what is documented
import { GatewayEnv } from '../../apps/gateway/src/config.ts'
// @boundaries-ignore which variables are secret is documented
import { fileVariable, secretNames } from '../../packages/server-kit/src/secret-files.ts'

const PATH = new URL('../../.env.example', import.meta.url)
const HEAD = `# Every setting of the API, the worker and the gateway; docs/environment.md has what is to be known of them.
# Copy it to a file that is not in the repository, and load it in each process as your system does:
# \`node --env-file=…\`, EnvironmentFile= of systemd, env_file of compose. What is commented has the value shown.
# A test compares this file with the code; UPDATE_DOCS=1 npx vitest run --project docs writes it.
`
const APPS = [
  ['API', ApiEnv],
  ['worker', WorkerEnv],
  ['gateway', GatewayEnv],
] as const
type App = (typeof APPS)[number][0]

interface Setting {
  readonly name: string
  readonly apps: readonly App[]
  readonly description: string
  readonly isSecret: boolean
  /** Undefined: it is required. */
  readonly fallback: string | undefined
}

const isForTests = ({ description }: Setting): boolean => description.startsWith('For tests only')

function settings(): Setting[] {
  const found = new Map<string, Setting>()
  for (const [app, schema] of APPS) {
    const secrets = new Set(secretNames(schema))
    for (const [name, variable] of Object.entries(schema.shape)) {
      const { success, data } = variable.safeParse(undefined)
      const value = Array.isArray(data) ? data.join(',') : String(data ?? '')
      found.set(name, {
        description: variable.description ?? '',
        isSecret: secrets.has(name),
        ...found.get(name),
        name,
        apps: [...(found.get(name)?.apps ?? []), app],
        fallback: success ? value : undefined,
      })
    }
  }
  return [...found.values()].filter((setting) => !isForTests(setting))
}

function linesOf({ name, apps, description, isSecret, fallback }: Setting): string {
  const file = isSecret ? ` Or ${fileVariable(name)}: the path of a file with it.` : ''
  const said = `# ${description.replaceAll('`', '')} (${apps.join(', ')})${file}\n`
  return `${said}${fallback === undefined ? '' : '#'}${name}=${fallback ?? ''}\n`
}

function section(title: string, chosen: readonly Setting[]): string {
  return `\n# --- ${title} ---\n\n${chosen.map(linesOf).join('\n')}`
}

function envExample(): string {
  const all = settings()
  const optional = all.filter(({ fallback }) => fallback !== undefined)
  const ofOne = (app: App) => optional.filter(({ apps }) => apps.length === 1 && apps[0] === app)
  return [
    HEAD,
    section(
      'Required',
      all.filter(({ fallback }) => fallback === undefined),
    ),
    section(
      'Of more than one app',
      optional.filter(({ apps }) => apps.length > 1),
    ),
    section('API', ofOne('API')),
    section('Worker', ofOne('worker')),
    section('Gateway', ofOne('gateway')),
  ].join('')
}

test('.env.example has every setting, the required ones first', () => {
  if (process.env['UPDATE_DOCS'] !== undefined) writeFileSync(PATH, envExample())
  expect(existsSync(PATH)).toBe(true)
  expect(readFileSync(PATH, 'utf8')).toBe(envExample())
})

test('as it stands it holds no value of a secret', () => {
  for (const { isSecret, fallback = '' } of settings()) {
    if (isSecret) expect(fallback).toBe('')
  }
})

test('what is called like a secret is one, and may come from a file', () => {
  const called =
    /(SECRET|PASSWORD|PASSPHRASE|PRIVATE_KEY|API_KEY|INTERNAL_TOKEN|SMTP_URL|DATABASE_URL|REDIS_URL)$/u
  const open = settings().filter(({ name, isSecret }) => called.test(name) && !isSecret)
  expect(open.map(({ name }) => name)).toEqual([])
  expect(settings().filter(({ isSecret }) => isSecret).length).toBeGreaterThanOrEqual(8)
})
