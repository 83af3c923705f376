import { waitFor } from '@parley/client'
import { BotError } from './bot-flags.mjs'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu

/**
 * A room by its id, or by its name: one that the bot is in, else a public one, which it joins.
 * @param {import('@parley/client').Chat} chat
 * @param {string} wanted
 */
export async function findRoom({ rooms }, wanted) {
  const list = await waitFor(rooms.list, ({ status }) => status !== 'loading')
  if (list.error !== null) throw list.error
  const isWanted = (/** @type {{ id: string, name: string | null }} */ { id, name }) =>
    id === wanted.toLowerCase() || name === wanted
  const mine = list.rooms.find(({ info }) => isWanted(info))
  if (mine !== undefined) return { room: rooms.get(mine.info.id), isNew: false }
  const id = UUID.test(wanted)
    ? wanted
    : (await rooms.browse({ q: wanted })).rooms.find(isWanted)?.id
  if (id === undefined) throw new BotError(`There is no public room called ${wanted}.`)
  return { room: await rooms.join(id), isNew: true }
}
