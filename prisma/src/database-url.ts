import type { ConnectionConfig } from 'mariadb'

/** `mysql://user:password@host:port/database`, as Prisma writes it, for the `mariadb` driver. */
export function connectionConfig(databaseUrl: string): ConnectionConfig & { database: string } {
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
    // The answer to an unencrypted sha2 login is a key that the server sends; loopback and private nets need it.
    allowPublicKeyRetrieval: true,
  }
}
