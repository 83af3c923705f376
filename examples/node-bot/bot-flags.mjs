import { env } from 'node:process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const HELP = `A bot for one room of Parley. It answers !help, !roll 2d6 and !remind 10s text.

node bot.mjs --room lobby

  --room   name or id of the room                    PARLEY_ROOM
  --url    where Parley is, http://127.0.0.1:8080    PARLEY_URL
  --name   of the bot, Dice                          PARLEY_NAME
  --state  file that keeps the sign-in, bot-state.json beside this program
  --help   this page

The bot is a guest, the same one at every start. With an access token in
PARLEY_TOKEN it is whoever the token names, until the token ends.
Ctrl-C ends it.
`

/** Something that the person who started it can put right. */
export class BotError extends Error {}

/**
 * `help` alone where that was asked for.
 * @param {readonly string[]} args
 */
export function readFlags(args) {
  const values = parse(args)
  if (values.help === true) return { help: HELP }
  const url = values.url ?? env['PARLEY_URL'] ?? 'http://127.0.0.1:8080'
  if (!URL.canParse(url) || !/^https?:/u.test(url)) {
    throw new BotError(`--url has to be an address like http://127.0.0.1:8080, not ${url}`)
  }
  const room = values.room ?? env['PARLEY_ROOM']
  if (room === undefined) throw new BotError('Which room? --room lobby, or PARLEY_ROOM.')
  return {
    url,
    room,
    name: values.name ?? env['PARLEY_NAME'] ?? 'Dice',
    state: values.state ?? fileURLToPath(new URL('bot-state.json', import.meta.url)),
    token: env['PARLEY_TOKEN'],
  }
}

/** @param {readonly string[]} args */
function parse(args) {
  const text = /** @type {const} */ ({ type: 'string' })
  const options = { room: text, url: text, name: text, state: text }
  try {
    return parseArgs({
      args: [...args],
      options: { ...options, help: { type: 'boolean', short: 'h' } },
    }).values
  } catch (error) {
    throw new BotError(`${error instanceof Error ? error.message : String(error)} See --help.`)
  }
}
