import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SEED_PASSWORD, SEED_PEOPLE } from '@parley/database'
import type { AuthSession } from '@parley/message-schema'
import { ChatRefusal, type ChatRest } from './chat-rest.ts'
import { LaunchError } from './launch-error.ts'
import { writeFileAtomically } from './write-file-atomically.ts'

export interface SignInOptions {
  readonly dir: string
  /** Of the cluster: an account of one is none of another. */
  readonly url: string
  readonly username: string
  readonly password?: string
}

type Accounts = Record<string, string>

/** Signs in as that person, who is registered if nobody is called like this. */
export async function signIn(
  rest: ChatRest,
  { dir, url, username, password }: SignInOptions,
): Promise<{ readonly session: AuthSession; readonly isNew: boolean }> {
  const file = join(dir, 'chat-accounts.json')
  const key = `${username}@${new URL(url).host}`
  const known = password ?? readAccounts(file)[key] ?? demoPassword(username)
  if (known !== undefined) {
    const session = await rest.signIn('login', username, known).catch(ignoreWrongPassword)
    if (session !== null) return { session, isNew: false }
  }
  // Without the demo data its people are new here as well.
  const chosen = password ?? randomBytes(18).toString('base64url')
  const session = await rest.signIn('register', username, chosen).catch((error: unknown) => {
    const isTaken = error instanceof ChatRefusal && error.code === 'CONFLICT'
    throw isTaken
      ? new LaunchError(`${username} has an account with another password: say --password.`)
      : error
  })
  if (password === undefined) {
    const accounts = { ...readAccounts(file), [key]: chosen }
    writeFileAtomically(file, `${JSON.stringify(accounts, null, 2)}\n`)
  }
  return { session, isNew: true }
}

const demoPassword = (username: string): string | undefined =>
  Object.hasOwn(SEED_PEOPLE, username) ? SEED_PASSWORD : undefined

function ignoreWrongPassword(error: unknown): null {
  if (error instanceof ChatRefusal && error.code === 'AUTH_INVALID') return null
  throw error
}

function readAccounts(file: string): Accounts {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Accounts) : {}
}
