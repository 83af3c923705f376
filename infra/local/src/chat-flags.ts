import { parseArgs } from 'node:util'
import { LaunchError } from './launch-error.ts'
import { readUsage } from './read-usage.ts'

export const CHAT_USAGE = readUsage('chat')

export interface ChatFlags {
  readonly as: string
  readonly room: string
  readonly password?: string
  readonly url?: string
  readonly gateway?: string
}

/** `null` asks for the usage. */
export function parseChatFlags(args: readonly string[]): ChatFlags | null {
  const { help, as, room, ...rest } = parse(args)
  if (help === true) return null
  if (!as) throw wrong('Who are you? Say --as and a name.')
  if (!room) throw wrong('Which room? Say --room and its name.')
  if (rest.url !== undefined && !URL.canParse(rest.url)) {
    throw wrong(`--url takes an address like http://127.0.0.1:8080, not '${rest.url}'.`)
  }
  return { as: as.toLowerCase(), room, ...rest }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        as: { type: 'string' },
        room: { type: 'string' },
        password: { type: 'string' },
        url: { type: 'string' },
        gateway: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values
  } catch (cause) {
    const [sentence = ''] = (cause instanceof Error ? cause.message : '').split('. ')
    throw wrong(`${sentence}.`, cause)
  }
}

const wrong = (sentence: string, cause?: unknown): LaunchError =>
  new LaunchError(`${sentence} See npm run chat -- --help.`, { exitCode: 2, cause })
