import { readFileSync } from 'node:fs'
import type { ConnectionConfig } from 'mariadb'

const SSL_MODES = ['DISABLED', 'REQUIRED', 'VERIFY_CA', 'VERIFY_IDENTITY'] as const
type SslMode = (typeof SSL_MODES)[number]

export interface DatabaseAddress extends Pick<
  ConnectionConfig,
  'host' | 'port' | 'user' | 'password' | 'ssl' | 'allowPublicKeyRetrieval'
> {
  readonly database: string
}

const isSslMode = (mode: string): mode is SslMode => SSL_MODES.some((known) => known === mode)

/**
 * `mysql://user:password@host:port/database`, for the `mariadb` driver, with `?ssl-mode=` and `&ssl-ca=` (the path of
 * a PEM file; without it the authorities that Node knows) as MySQL's own programs have them.
 */
export function connectionConfig(databaseUrl: string): DatabaseAddress {
  const url = URL.canParse(databaseUrl) ? new URL(databaseUrl) : null
  if (url === null || !['mysql:', 'mariadb:'].includes(url.protocol)) {
    throw new Error('The database URL must have the form mysql://user:password@host:port/database.')
  }
  const database = decodeURIComponent(url.pathname.slice(1))
  if (database === '') throw new Error('The database URL names no database after the host.')
  return {
    host: url.hostname,
    port: Number(url.port || 3306),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database,
    ...tlsOf(url.searchParams),
  }
}

function tlsOf(query: URLSearchParams): Pick<ConnectionConfig, 'ssl' | 'allowPublicKeyRetrieval'> {
  for (const name of query.keys()) {
    if (['ssl-mode', 'ssl-ca'].includes(name)) continue
    throw new Error(
      `The database URL has a parameter that is not known, ${name}: there are ssl-mode and ssl-ca.`,
    )
  }
  const caFile = query.get('ssl-ca')
  const mode = (query.get('ssl-mode') ?? (caFile === null ? 'DISABLED' : 'VERIFY_CA')).toUpperCase()
  if (!isSslMode(mode)) {
    throw new Error(`ssl-mode of the database URL must be one of ${SSL_MODES.join(', ')}.`)
  }
  if (caFile !== null && !mode.startsWith('VERIFY_')) {
    throw new Error(
      `With ssl-mode=${mode} the database URL needs no ssl-ca: nothing is compared with it.`,
    )
  }
  // The answer to an unencrypted sha2 login is a key that the server sends; loopback and private nets need it.
  if (mode === 'DISABLED') return { allowPublicKeyRetrieval: true }
  return {
    ssl: {
      rejectUnauthorized: mode !== 'REQUIRED',
      ...(caFile !== null && { ca: readCa(caFile) }),
      ...(mode === 'VERIFY_CA' && { checkServerIdentity: () => undefined }),
    },
  }
}

function readCa(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? 'it is no file'
    throw new Error(`ssl-ca of the database URL cannot be read at ${path}: ${why}.`, { cause })
  }
}
