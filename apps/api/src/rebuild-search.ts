import { readEnv } from '@parley/server-kit'
import { z } from 'zod'
import { ApiEnv } from './config.ts'
import { createLogPool } from './db/connect.ts'
import { createSearchTodo } from './db/search/search-todo.ts'

/*
 * Has the search index built anew, of all rooms or of those that are named, while everything runs:
 * `DATABASE_URL=… node apps/api/dist/rebuild-search.js [roomId …]`. The workers do it, a piece of a
 * room at a time, and go on where they were after a crash.
 */
const { DATABASE_URL } = readEnv(ApiEnv.pick({ DATABASE_URL: true }), process.env)
const roomIds = z.array(z.uuid()).parse(process.argv.slice(2))
const pool = createLogPool(DATABASE_URL, 1)
const todo = createSearchTodo(pool)
if (roomIds.length === 0) await todo.markAll()
for (const roomId of roomIds) await todo.markAll(roomId)
const { rooms } = await todo.waiting()
process.stdout.write(`${rooms} rooms wait to be indexed.\n`)
await pool.end()
