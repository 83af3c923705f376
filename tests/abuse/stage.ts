import { randomUUID } from 'node:crypto'
import { appendFileSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { connectSocket, rest, type TestSocket } from '@parley/testkit'
import jwt from 'jsonwebtoken'
import { expect, inject } from 'vitest'
import { HOST_ISSUER, type SharedCluster } from './start-cluster.ts'

export const cluster: SharedCluster = inject('abusedCluster')

/** Anything of it in a log fails the run. */
export function noteSecret(...secrets: readonly string[]): void {
  appendFileSync(cluster.secretsFile, secrets.map((secret) => `${secret}\n`).join(''))
}
noteSecret(cluster.hostSecret, cluster.rootApiKey)

export interface Person {
  readonly userId: string
  readonly token: string
}

/** The backend of whoever runs it. */
export const asRoot = { userId: '', token: cluster.rootApiKey }

/** A user of the host application: any number of them costs nothing, and each has limits of its own. */
export function newPerson(claims: object = {}): Person {
  const userId = randomUUID()
  const token = jwt.sign({ sub: userId, name: 'Somebody', ...claims }, cluster.hostSecret, {
    issuer: HOST_ISSUER,
    audience: 'parley',
    expiresIn: '1h',
  })
  noteSecret(token)
  return { userId, token }
}

export const call = (
  method: string,
  path: string,
  person?: Person,
  body?: unknown,
): Promise<unknown> =>
  rest(cluster.api, method, path, { ...(person && { token: person.token }), body })

export async function newRoom(owner: Person, others: readonly Person[] = []): Promise<string> {
  const body = { name: 'A room', visibility: 'public' }
  const { room } = (await call('POST', '/v1/rooms', owner, body)) as { room: { id: string } }
  for (const other of others) {
    await call('PUT', `/v1/rooms/${room.id}/members/${other.userId}`, other, {})
  }
  return room.id
}

export const connect = async (person: Person, gateway = 0): Promise<TestSocket> =>
  (await connectSocket(cluster.gateways[gateway] ?? '', person)).socket

/** Nothing is started again in this cluster: who answers has been there from the beginning. */
export async function expectAllAlive(): Promise<void> {
  for (const { name, url } of cluster.processes) {
    expect([name, (await fetch(`${url}/readyz`)).status]).toEqual([name, 200])
  }
}

const LEAKS =
  /\bat .+:\d+:\d+\b|node_modules|\.ts:\d|\.js:\d|SQLSTATE|ER_[A-Z_]{4,}|SELECT .* FROM/u

/** What it was made of is nobody’s business. */
export function expectNoInsides(answer: string): void {
  expect(LEAKS.exec(answer)?.[0]).toBeUndefined()
}

/** The signature of a token, and of everything else all of it: what is long and of one piece. */
const pieceOf = (secret: string): string => secret.split('.').at(-1) ?? ''
const PIECES = /[\w-]{20,}/gu

/** In what the processes have said until now. The last file of a run has seen everything. */
export function expectNoSecretsLogged(): void {
  const secrets = readFileSync(cluster.secretsFile, 'utf8').split('\n')
  const pieces = new Set(secrets.map(pieceOf).filter(({ length }) => length >= 20))
  const found: string[] = []
  let lines = 0
  for (const file of readdirSync(cluster.logs)) {
    for (const line of readFileSync(join(cluster.logs, file), 'utf8').split('\n')) {
      lines += 1
      if (line.match(PIECES)?.some((piece) => pieces.has(piece))) {
        found.push(`${file}: ${line.slice(0, 400)}`)
      }
    }
  }
  expect(pieces.size).toBeGreaterThan(0)
  expect(lines).toBeGreaterThan(20)
  expect(found).toEqual([])
}
