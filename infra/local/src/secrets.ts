import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Secrets {
  /** What gateways and APIs say to each other. */
  readonly internalToken: string
  readonly databasePassword: string
  /** An API key with all scopes, for backends that are tried out here. */
  readonly rootApiKey: string
  /** A PEM file, since tokens signed before a restart must be good after it. */
  readonly signingKeyFile: string
}

/** Made once a folder; readable by its owner only. */
export function keepSecrets(dir: string): Secrets {
  const folder = join(dir, 'secrets')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const signingKeyFile = join(folder, 'token-signing-key.pem')
  keep(signingKeyFile, newSigningKey)
  return {
    internalToken: keep(join(folder, 'internal-token'), newToken),
    databasePassword: keep(join(folder, 'database-password'), newToken),
    rootApiKey: keep(rootApiKeyFile(dir), newToken),
    signingKeyFile,
  }
}

export function rootApiKeyFile(dir: string): string {
  return join(dir, 'secrets', 'root-api-key')
}

function keep(path: string, make: () => string): string {
  if (!existsSync(path)) writeFileSync(path, make(), { mode: 0o600 })
  return readFileSync(path, 'utf8')
}

function newToken(): string {
  return randomBytes(32).toString('base64url')
}

function newSigningKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}
