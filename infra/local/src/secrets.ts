import { createECDH, generateKeyPairSync, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

interface VapidKeys {
  readonly publicKey: string
  readonly privateKey: string
}

export interface Secrets {
  /** What gateways and APIs say to each other. */
  readonly internalToken: string
  readonly databasePassword: string
  /** An API key with all scopes, for backends that are tried out here. */
  readonly rootApiKey: string
  /** A PEM file, since tokens signed before a restart must be good after it. */
  readonly signingKeyFile: string
  /** Of Web Push: browsers that subscribed with the public one are pushed to with the private one. */
  readonly vapid: VapidKeys
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
    vapid: JSON.parse(keep(join(folder, 'vapid-keys.json'), newVapidKeys)) as VapidKeys,
  }
}

function rootApiKeyFile(dir: string): string {
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

/** A key pair of the curve P-256, each half as base64url of its bytes. */
function newVapidKeys(): string {
  const ecdh = createECDH('prime256v1')
  ecdh.generateKeys()
  // A number that begins with zeros is written shorter, and would be refused.
  const privateKey = Buffer.concat([Buffer.alloc(32), ecdh.getPrivateKey()]).subarray(-32)
  return JSON.stringify({
    publicKey: ecdh.getPublicKey().toString('base64url'),
    privateKey: privateKey.toString('base64url'),
  })
}
