import { LIMITS, type BlockedWord, type WordAction, type WordMode } from '@parley/message-schema'
import { writeAudit } from '../server/audit-store.ts'
import type { AuditEntry } from '../../audit/audit-entry.ts'
import { fromBytes, toBytes } from '../binary-id.ts'
import type { Pool, PoolConnection } from '../connect.ts'
import { BLOCKED_WORDS, bumpList } from './list-version-store.ts'
import { inTransaction } from '../transaction.ts'

interface Row {
  readonly id: Buffer
  readonly word: string
  readonly mode: WordMode
  readonly action: WordAction
  readonly lookalikes: number
  readonly created_at: Date
  readonly created_by: string
}

const toWord = (row: Row): BlockedWord => ({
  id: fromBytes(row.id),
  word: row.word,
  mode: row.mode,
  action: row.action,
  lookalikes: row.lookalikes === 1,
  createdAt: row.created_at.toISOString(),
  createdBy: row.created_by,
})

const COLUMNS = 'id, word, mode, action, lookalikes, created_at, created_by'

/** A word with the hash of how it is compared. */
export interface StoredWord {
  readonly word: BlockedWord
  readonly folded: Buffer
}

export type WordsOutcome = 'done' | 'missing' | 'too-many' | { readonly taken: readonly string[] }

export interface BlockedWordStore {
  readonly all: () => Promise<BlockedWord[]>
  readonly list: (after: string | undefined, limit: number) => Promise<BlockedWord[]>
  readonly find: (id: string) => Promise<BlockedWord | null>
  /** All or none. `taken`: words that are in the list already. */
  readonly add: (words: readonly StoredWord[], audit: AuditEntry) => Promise<WordsOutcome>
  readonly change: (word: StoredWord, audit: AuditEntry) => Promise<WordsOutcome>
  readonly remove: (id: string, audit: AuditEntry) => Promise<WordsOutcome>
}

async function readTaken(
  connection: PoolConnection,
  words: readonly StoredWord[],
): Promise<string[]> {
  const rows = await connection.query<{ id: Buffer; word: string }[]>(
    `SELECT id, word FROM blocked_word WHERE folded IN (${words.map(() => '?').join()})`,
    words.map(({ folded }) => folded),
  )
  const own = new Set(words.map(({ word }) => word.id))
  return rows.filter(({ id }) => !own.has(fromBytes(id))).map(({ word }) => word)
}

export function createBlockedWordStore(pool: Pool): BlockedWordStore {
  return {
    async all() {
      const rows = await pool.query<Row[]>(`SELECT ${COLUMNS} FROM blocked_word LIMIT ?`, [
        LIMITS.blockedWords,
      ])
      return rows.map(toWord)
    },

    async list(after, limit) {
      const rows = await pool.query<Row[]>(
        `SELECT ${COLUMNS} FROM blocked_word
         ${after === undefined ? '' : 'WHERE id > ?'} ORDER BY id LIMIT ?`,
        [...(after === undefined ? [] : [toBytes(after)]), limit],
      )
      return rows.map(toWord)
    },

    async find(id) {
      const [row] = await pool.query<Row[]>(`SELECT ${COLUMNS} FROM blocked_word WHERE id = ?`, [
        toBytes(id),
      ])
      return row === undefined ? null : toWord(row)
    },

    add: (words, audit) =>
      inTransaction<WordsOutcome>(pool, async (connection) => {
        await bumpList(connection, BLOCKED_WORDS)
        const taken = await readTaken(connection, words)
        if (taken.length > 0) return { taken }
        const [{ count } = { count: 0 }] = await connection.query<{ count: number }[]>(
          'SELECT COUNT(*) AS count FROM blocked_word',
        )
        if (count + words.length > LIMITS.blockedWords) return 'too-many'
        await connection.query(
          `INSERT INTO blocked_word (${COLUMNS}, folded)
           VALUES ${words.map(() => '(?,?,?,?,?,?,?,?)').join()}`,
          words.flatMap(({ word, folded }) => [
            toBytes(word.id),
            word.word,
            word.mode,
            word.action,
            word.lookalikes ? 1 : 0,
            new Date(word.createdAt),
            word.createdBy,
            folded,
          ]),
        )
        await writeAudit(connection, [audit])
        return 'done'
      }),

    change: (stored, audit) =>
      inTransaction<WordsOutcome>(pool, async (connection) => {
        await bumpList(connection, BLOCKED_WORDS)
        const taken = await readTaken(connection, [stored])
        if (taken.length > 0) return { taken }
        const { id, word, mode, action, lookalikes } = stored.word
        const { affectedRows } = await connection.query<{ affectedRows: number }>(
          `UPDATE blocked_word SET word = ?, mode = ?, action = ?, lookalikes = ?, folded = ?
           WHERE id = ?`,
          [word, mode, action, lookalikes ? 1 : 0, stored.folded, toBytes(id)],
        )
        if (affectedRows === 0) return 'missing'
        await writeAudit(connection, [audit])
        return 'done'
      }),

    remove: (id, audit) =>
      inTransaction<WordsOutcome>(pool, async (connection) => {
        await bumpList(connection, BLOCKED_WORDS)
        const { affectedRows } = await connection.query<{ affectedRows: number }>(
          'DELETE FROM blocked_word WHERE id = ?',
          [toBytes(id)],
        )
        if (affectedRows === 0) return 'missing'
        await writeAudit(connection, [audit])
        return 'done'
      }),
  }
}
