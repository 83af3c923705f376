import { env } from 'node:process'

export const HELP = `A support desk: a shop page for visitors, a page for the agent.

  PARLEY_API_KEY    key of Parley with the scopes users:write and rooms:write
  HOST_JWT_SECRET   secret that Parley and this server share, 32 characters or more
  HOST_JWT_ISSUER   shop.example, as Parley knows it
  DESK_PASSWORD     password of the agent, 8 characters or more
  PARLEY_URL        http://127.0.0.1:8080
  PORT              4100
`

/** Something that the person who started it can put right. */
export class DeskError extends Error {}

/**
 * Read once, and checked before anything is started.
 * @typedef {ReturnType<typeof readSettings>} DeskSettings
 */
export function readSettings() {
  const parleyUrl = env['PARLEY_URL'] ?? 'http://127.0.0.1:8080'
  if (!URL.canParse(parleyUrl) || !/^https?:/u.test(parleyUrl)) {
    throw new DeskError('PARLEY_URL has to be an address like http://127.0.0.1:8080.')
  }
  const port = Number(env['PORT'] ?? 4100)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new DeskError('PORT has to be a number from 0 to 65535.')
  }
  return {
    parleyUrl: new URL(parleyUrl).origin,
    port,
    apiKey: secret('PARLEY_API_KEY', 32),
    password: secret('DESK_PASSWORD', 8),
    tokens: {
      issuer: env['HOST_JWT_ISSUER'] ?? 'shop.example',
      secret: secret('HOST_JWT_SECRET', 32),
    },
  }
}

/**
 * @param {string} name
 * @param {number} characters
 */
function secret(name, characters) {
  const value = env[name] ?? ''
  if (value.length >= characters) return value
  throw new DeskError(`${name} needs ${characters} characters or more. See --help.`)
}
