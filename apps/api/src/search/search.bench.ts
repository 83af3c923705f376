import { connectionConfig } from '@parley/database'
import { freshDatabase } from '@parley/testkit'
import { createConnection } from 'mariadb'
import { v7 as uuidv7 } from 'uuid'
import { bench, describe } from 'vitest'
import { toBytes } from '../db/binary-id.ts'
import { createLogPool } from '../db/connect.ts'
import { createMysqlSearchIndex } from '../db/search/mysql-search-index.ts'
import { docTokens } from './index-tokens.ts'
import type { SearchDoc } from './search-index.ts'

/**
 * Somebody in 1,000 rooms, and one room that is as large as all of them: words by room in a table, as
 * it is built, against a FULLTEXT index over the same words.
 * Run: `SEARCH_BENCH_MESSAGES=1000000 npx vitest bench --run --project services search`
 */
const MESSAGES = Number(process.env['SEARCH_BENCH_MESSAGES'] ?? 100_000)
const ROOMS = 1_000
const WORDS = 20_000
const BATCH = 1_000

// Never dropped: it goes with the run's own database server.
const database = await freshDatabase()
const pool = createLogPool(database.url, 6)
const index = createMysqlSearchIndex(pool)
await pool.query(`CREATE TABLE full_text (
  id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, room_id BINARY(16) NOT NULL, seq BIGINT UNSIGNED NOT NULL,
  at INT UNSIGNED NOT NULL, terms TEXT CHARACTER SET ascii NOT NULL, INDEX (room_id, at)
) ENGINE = InnoDB`)

let state = 7
const random = (): number => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
  return state / 2 ** 32
}
/** The n-th word is n times as rare as the first: as in languages. */
const word = (): string => `w${Math.floor(WORDS ** random()).toString(36)}`
/** Letters and digits alone, longer than any least length and no stop word. */
const encode = (token: string): string => `x${Buffer.from(token).toString('hex')}`

const large = uuidv7()
const small = Array.from({ length: ROOMS }, () => uuidv7())
const docOf = (n: number): SearchDoc => ({
  roomId: n % 2 === 0 ? large : (small[Math.floor(random() * ROOMS)] ?? ''),
  seq: n + 1,
  revision: n + 1,
  at: 1_700_000_000 + n * 10,
  senderId: `user ${Math.floor(random() * 500)}`,
  hasFile: n % 40 === 0,
  hasLink: n % 15 === 0,
  fields: [Array.from({ length: 12 }, word).join(' ')],
})

let ourMs = 0
let fullTextMs = 0
for (let n = 0; n < MESSAGES; n += BATCH) {
  const docs = Array.from({ length: Math.min(BATCH, MESSAGES - n) }, (_, i) => docOf(n + i))
  const startedAt = performance.now()
  await index.index(docs)
  ourMs += performance.now() - startedAt
  await pool.query(
    `INSERT INTO full_text (room_id, seq, at, terms) VALUES ${docs.map(() => '(?,?,?,?)').join()}`,
    docs.flatMap((doc) => {
      const room = encode(doc.roomId.replaceAll('-', ''))
      return [toBytes(doc.roomId), doc.seq, doc.at, [room, ...docTokens(doc).map(encode)].join(' ')]
    }),
  )
}
const startedAt = performance.now()
// Takes longer than the pool waits for anything.
const patient = await createConnection(connectionConfig(database.url))
await patient.query('SET SESSION innodb_ft_enable_stopword = 0')
await patient.query('ALTER TABLE full_text ADD FULLTEXT INDEX terms_words (terms)')
await patient.end()
fullTextMs += performance.now() - startedAt
const sizes = await pool.query<{ name: string; mb: number }[]>(
  `SELECT table_name AS name, ROUND((data_length + index_length) / 1048576) AS mb
   FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name LIKE 'search\\_%'`,
)
const fts = await pool
  .query<{ mb: number }[]>(
    `SELECT ROUND(SUM(file_size) / 1048576) AS mb FROM information_schema.innodb_sys_tablespaces
     WHERE name LIKE CONCAT(DATABASE(), '/FTS%') OR name LIKE CONCAT(DATABASE(), '/full_text%')`,
  )
  .catch(() => [])
const rate = Math.round((MESSAGES / ourMs) * 1_000)
process.stderr.write(
  `${MESSAGES} messages: ${rate}/s into the table (${JSON.stringify(sizes)} MB); ` +
    `full text built in ${Math.round(fullTextMs)} ms (${JSON.stringify(fts)} MB)\n`,
)

const fullText = (words: readonly string[], rooms: readonly string[]) =>
  pool.query(
    `SELECT room_id, seq FROM full_text WHERE MATCH (terms) AGAINST (? IN BOOLEAN MODE)
       AND room_id IN (${rooms.map(() => '?').join()}) ORDER BY at DESC, seq DESC LIMIT 21`,
    [words.map((one) => `+${encode(one)}`).join(' '), ...rooms.map(toBytes)],
  )
const visible = (rooms: readonly string[]) => rooms.map((roomId) => ({ roomId, visibleFrom: 1 }))

const RARE = `w${(15_000).toString(36)}`
const MIDDLE = `w${(200).toString(36)}`
const COMMON = ['w2', 'w3']
for (const [name, rooms] of [
  ['1,000 rooms', small],
  ['one large room', [large]],
] as const) {
  for (const [what, q] of [
    ['a rare word', `"${RARE}"`],
    ['a word of the middle', `"${MIDDLE}"`],
    ['two common words', `"${COMMON[0]}" "${COMMON[1]}"`],
    ['a common and a rare word', `"${COMMON[0]}" "${RARE}"`],
    ['a beginning', 'wa1'],
  ] as const) {
    describe(`${what}, ${name}`, () => {
      const words = [...q.matchAll(/w[0-9a-z]+/gu)].map(([one]) => one)
      const options = { iterations: 10, time: 300, warmupIterations: 1, warmupTime: 10 }
      bench(
        'words by room',
        async () => {
          await index.search({ q, rooms: visible(rooms), limit: 21 })
        },
        options,
      )
      if (what === 'a beginning') return
      bench(
        'full text',
        async () => {
          await fullText(words, rooms)
        },
        options,
      )
    })
  }
}
