import { badUsage, CliError } from '../cli-error.ts'
import type { Terminal } from '../terminal.ts'
import { findLocalCluster, readLocalSecret, type LocalCluster } from './find-local-cluster.ts'
import { readSecretFile, readSetting } from './read-setting.ts'

export interface ConnectionOptions {
  readonly url?: string
  readonly key?: string
  readonly keyFile?: string
}

/** Where the commands go, as far as it is known; what is asked for and not known is said. */
export interface Installation {
  /** Null: it is elsewhere, or not running. */
  readonly local: LocalCluster | null
  /** Without a slash at its end. */
  readonly url: () => string
  readonly key: () => string
  readonly knownDatabaseUrl: () => string | undefined
  readonly databaseUrl: () => string
  readonly redisUrl: () => string | undefined
  /** Of its environment or of the local cluster. */
  readonly secret: (name: string) => string | undefined
}

const LOCAL_SECRETS: Readonly<Record<string, string>> = {
  INTERNAL_TOKEN: 'internal-token',
  ROOT_API_KEY: 'root-api-key',
}

/**
 * By flag, else by the environment, else those of the cluster that runs here. A secret of the local
 * cluster goes nowhere else: an address of somebody else is not told the local key.
 */
export function findInstallation(
  options: ConnectionOptions,
  { env, cwd }: Pick<Terminal, 'env' | 'cwd'>,
): Installation {
  const given = options.url ?? (env['PARLEY_URL'] || undefined)
  const found = findLocalCluster(env, cwd)
  const isElsewhere = given !== undefined && found !== null && !isSame(given, found.url)
  const local = isElsewhere ? null : found
  const url = (): string => {
    if (given !== undefined)
      return checkUrl(given, options.url === undefined ? 'PARLEY_URL' : '--url')
    if (local !== null) return local.url
    throw badUsage('Which Parley? Give --url or PARLEY_URL, or start a local one with npm start.')
  }
  const secret = (name: string): string | undefined => {
    const file = LOCAL_SECRETS[name]
    const set = readSetting(env, name)
    return set ?? (local === null || file === undefined ? undefined : readLocalSecret(local, file))
  }
  const knownDatabaseUrl = (): string | undefined =>
    readSetting(env, 'DATABASE_URL') ?? local?.database.url
  return {
    local,
    url,
    secret,
    key: () => keyOf(options, env) ?? localKey(local),
    knownDatabaseUrl,
    databaseUrl() {
      const known = knownDatabaseUrl()
      if (known !== undefined) return known
      throw badUsage('This reads the database: set DATABASE_URL or DATABASE_URL_FILE.')
    },
    redisUrl: () => readSetting(env, 'REDIS_URL') ?? local?.redis.url,
  }
}

const isSame = (a: string, b: string): boolean =>
  URL.canParse(a) && URL.canParse(b) && new URL(a).origin === new URL(b).origin

function checkUrl(url: string, from: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : null
  if (parsed === null || !['http:', 'https:'].includes(parsed.protocol)) {
    throw badUsage(`${from} takes an address like https://chat.example.com.`)
  }
  if (parsed.username !== '' || parsed.password !== '') {
    throw badUsage(`${from} takes an address without a user and a password.`)
  }
  return `${parsed.origin}${parsed.pathname}`.replace(/\/+$/u, '')
}

function keyOf({ key, keyFile }: ConnectionOptions, env: NodeJS.ProcessEnv): string | undefined {
  if (key !== undefined && keyFile !== undefined) {
    throw badUsage('--key and --key-file are both given; give one of them.')
  }
  if (key !== undefined) return key
  if (keyFile !== undefined) return readSecretFile(keyFile, '--key-file')
  return readSetting(env, 'PARLEY_API_KEY')
}

function localKey(local: LocalCluster | null): string {
  const key = local === null ? undefined : readLocalSecret(local, 'root-api-key')
  if (key !== undefined) return key
  throw new CliError(
    'This needs an API key: give --key-file, PARLEY_API_KEY_FILE or PARLEY_API_KEY.',
    { exitCode: 2 },
  )
}
