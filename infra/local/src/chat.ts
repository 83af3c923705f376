import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { REPOSITORY } from './app-process.ts'
import { signIn } from './chat-account.ts'
import { CHAT_USAGE, type ChatFlags, parseChatFlags } from './chat-flags.ts'
import { ChatRest } from './chat-rest.ts'
import { enterRoom } from './chat-room.ts'
import { ChatScreen } from './chat-screen.ts'
import { ChatSession } from './chat-session.ts'
import { type ClusterInfo, clusterFilePath } from './cluster-file.ts'
import { LaunchError } from './launch-error.ts'

const DIR = join(REPOSITORY, '.parley')

process.exitCode = await run(process.argv.slice(2))

async function run(args: readonly string[]): Promise<number> {
  try {
    const flags = parseChatFlags(args)
    if (flags === null) {
      console.log(CHAT_USAGE)
      return 0
    }
    return await chat(flags)
  } catch (error) {
    console.error(error instanceof LaunchError ? error.message : error)
    return error instanceof LaunchError ? error.exitCode : 1
  }
}

async function chat(flags: ChatFlags): Promise<number> {
  const { url, socketUrl } = addresses(flags)
  const rest = new ChatRest(url)
  const { isNew } = await signIn(rest, {
    dir: DIR,
    url,
    username: flags.as,
    ...(flags.password !== undefined && { password: flags.password }),
  })
  const { room, note } = await enterRoom(rest, flags.room)
  const hasColour = process.stdout.isTTY && !process.env['NO_COLOR']
  const screen = new ChatScreen({ input: process.stdin, output: process.stdout, hasColour })
  if (isNew) screen.note(`Nobody was called ${flags.as}: you have an account of that name now.`)
  if (note !== undefined) screen.note(note)

  let failures = 0
  const session = new ChatSession({
    rest,
    socketUrl,
    room,
    screen,
    ended: (sentence) => {
      screen.problem(sentence)
      process.exit(1)
    },
  })
  screen.onInterrupt(() => screen.close())
  await session.open()
  for await (const line of screen.lines()) {
    const goesOn = await session.line(line).catch((error: unknown) => {
      failures += 1
      screen.problem(error instanceof Error ? `Not done: ${error.message}` : String(error))
      return true
    })
    if (!goesOn) break
  }
  screen.close()
  await session.close()
  return failures === 0 || screen.isInteractive ? 0 : 1
}

function addresses({ url, gateway }: ChatFlags): { url: string; socketUrl: string } {
  const file = clusterFilePath(DIR)
  const cluster = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as ClusterInfo) : null
  const base = url ?? cluster?.url
  if (base === undefined) {
    throw new LaunchError(
      'No cluster is running here: start it first with npm start, or say --url.',
    )
  }
  if (gateway === undefined) return { url: base, socketUrl: base }
  const named = cluster?.gateways.find(({ name }) => name === gateway)
  if (named !== undefined) return { url: base, socketUrl: named.url }
  const names = cluster?.gateways.map(({ name }) => name).join(', ') ?? 'none'
  throw new LaunchError(`There is no gateway ${gateway}; there is ${names}.`, { exitCode: 2 })
}
