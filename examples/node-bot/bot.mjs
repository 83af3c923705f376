#!/usr/bin/env node
import process, { argv, stderr, stdout } from 'node:process'
import { ChatError, createAccounts, createChat, waitFor } from '@parley/client'
import { answerRoom } from './answer-room.mjs'
import { BotError, readFlags } from './bot-flags.mjs'
import { findRoom } from './find-room.mjs'
import { openSignInFile } from './saved-sign-in.mjs'

/** @param {string} line */
const log = (line) => void stdout.write(`${line}\n`)

async function run() {
  const flags = readFlags(argv.slice(2))
  if ('help' in flags) return void stdout.write(flags.help)
  const chat = createChat({ url: flags.url, ...(await signIn(flags)) })
  const { state } = chat.connection
  const stopped = new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, resolve)
  })
  const ended = waitFor(state, ({ status }) => status === 'ended')
  try {
    await Promise.race([waitFor(state, ({ status }) => status === 'live'), ended, stopped])
    if (state.current.status === 'live') {
      const { room, isNew } = await findRoom(chat, flags.room)
      const end = answerRoom({ chat, room, isNew, log })
      log(`${chat.me.current?.displayName} is in ${room.info.current?.name} (${room.id})`)
      await Promise.race([ended, stopped])
      end()
    }
    if (state.current.error !== null && state.current.status === 'ended') throw state.current.error
  } finally {
    // What it was about to say is still said, for at most five seconds.
    await chat.close()
  }
  log('closed')
}

/** @param {{ url: string, name: string, state: string, token?: string | undefined }} flags */
async function signIn({ url, name, state, token }) {
  if (token !== undefined) return { token }
  const accounts = createAccounts({ url, storage: openSignInFile(state) })
  const account = accounts.saved() ?? (await accounts.guest(name))
  return { getToken: account.getToken }
}

/** @param {unknown} error */
function explain(error) {
  if (error instanceof BotError) return error.message
  if (error instanceof ChatError) return `${error.code}: ${error.message}`
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

run().catch((error) => {
  stderr.write(`${explain(error)}\n`)
  process.exitCode = 1
})
