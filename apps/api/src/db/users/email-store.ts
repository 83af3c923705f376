import type { MyEmail } from '@parley/message-schema'
import type { EmailStore } from '../../mail/my-email.ts'
import type { ConfirmMailStore } from '../../mail/send-confirm-mails.ts'
import type { Pool, PoolConnection } from '../connect.ts'
import { inTransaction } from '../transaction.ts'

const DAY_MS = 24 * 3600_000
/** Mails with links a day, asked for by one person, and to one address by whomever. */
const ASKED_BY_USER = 5
const SENT_TO_ADDRESS = 3
export const CONFIRM_LINK_MS = 2 * DAY_MS

interface Row {
  readonly address: string
  readonly asked_at: Date
  readonly asked_count: number
  readonly confirmed_at: Date | null
}

const toEmail = ({ address, confirmed_at }: Pick<Row, 'address' | 'confirmed_at'>): MyEmail => ({
  address,
  confirmedAt: confirmed_at?.toISOString() ?? null,
})

async function sentTo(
  connection: Pick<PoolConnection, 'query'>,
  address: string,
  now: Date,
): Promise<number> {
  const [row] = await connection.query<{ sent: number }[]>(
    `SELECT COUNT(*) AS sent FROM email_link
     WHERE address = ? AND purpose = 'confirm' AND expires_at > ?`,
    [address, new Date(now.getTime() + CONFIRM_LINK_MS - DAY_MS)],
  )
  return Number(row?.sent)
}

async function ask(
  connection: PoolConnection,
  userId: string,
  address: string,
  now: Date,
): Promise<MyEmail | null> {
  const [row] = await connection.query<Row[]>(
    `SELECT address, asked_at, asked_count, confirmed_at FROM user_email
     WHERE user_id = ? FOR UPDATE`,
    [userId],
  )
  if (row?.address === address && row.confirmed_at !== null) return toEmail(row)
  const isToday = row !== undefined && now.getTime() - row.asked_at.getTime() < DAY_MS
  const before = isToday ? row.asked_count : 0
  if (before >= ASKED_BY_USER) return null
  if ((await sentTo(connection, address, now)) >= SENT_TO_ADDRESS) return null
  await connection.query(
    `INSERT INTO user_email (user_id, address, asked_at, asked_count, confirm_due_at)
     VALUES (?, ?, ?, ?, ?)
     ON DUPLICATE KEY UPDATE address = VALUES(address), asked_count = VALUES(asked_count),
       asked_at = IF(VALUES(asked_count) = 1, VALUES(asked_at), asked_at),
       confirm_due_at = VALUES(confirm_due_at), confirmed_at = NULL, digest_due_at = NULL,
       attempts = 0`,
    [userId, address, now, before + 1, now],
  )
  return { address, confirmedAt: null }
}

/** An address that was forgotten leaves an empty row: how often it was asked for is remembered. */
export function createEmailStore(pool: Pool): EmailStore {
  const linked = async (tokenHash: Buffer, purpose: string, now: Date) => {
    const [link] = await pool.query<{ user_id: string; address: string }[]>(
      `SELECT user_id, address FROM email_link
       WHERE token_hash = ? AND purpose = ? AND expires_at > ?`,
      [tokenHash, purpose, now],
    )
    return link
  }
  return {
    async find(userId) {
      const [row] = await pool.query<Row[]>(
        `SELECT address, confirmed_at FROM user_email WHERE user_id = ? AND address <> ''`,
        [userId],
      )
      return row === undefined ? null : toEmail(row)
    },

    ask: (userId, address, now) =>
      inTransaction(pool, (connection) => ask(connection, userId, address, now)),

    async trust(userId, address, now) {
      await pool.query(
        `INSERT INTO user_email
           (user_id, address, asked_at, asked_count, confirmed_at, digest_due_at)
         VALUES (?, ?, ?, 0, ?, ?)
         ON DUPLICATE KEY UPDATE
           confirmed_at = IF(address = VALUES(address) AND confirmed_at IS NOT NULL,
                             confirmed_at, VALUES(confirmed_at)),
           digest_due_at = COALESCE(digest_due_at, VALUES(digest_due_at)),
           address = VALUES(address), confirm_due_at = NULL`,
        [userId, address, now, now, now],
      )
    },

    async forget(userId) {
      await pool.query(
        `UPDATE user_email SET address = '', confirm_due_at = NULL, confirmed_at = NULL,
           digest_due_at = NULL WHERE user_id = ?`,
        [userId],
      )
    },

    async confirm(tokenHash, now) {
      const link = await linked(tokenHash, 'confirm', now)
      if (link === undefined) return false
      await pool.query(
        `UPDATE user_email SET confirmed_at = ?, confirm_due_at = NULL, digest_due_at = ?
         WHERE user_id = ? AND address = ? AND confirmed_at IS NULL`,
        [now, now, link.user_id, link.address],
      )
      const [row] = await pool.query<{ address: string }[]>(
        `SELECT address FROM user_email
         WHERE user_id = ? AND address = ? AND confirmed_at IS NOT NULL`,
        [link.user_id, link.address],
      )
      return row !== undefined
    },

    async unsubscribe(tokenHash, now) {
      const link = await linked(tokenHash, 'unsubscribe', now)
      if (link === undefined) return false
      await pool.query(
        `INSERT INTO user_notify (user_id, digest) VALUES (?, 'off')
         ON DUPLICATE KEY UPDATE digest = 'off'`,
        [link.user_id],
      )
      return true
    },
  }
}

export function createConfirmMailStore(pool: Pool): ConfirmMailStore {
  return {
    take: (now, limit, leaseMs) =>
      inTransaction(pool, async (connection) => {
        const rows = await connection.query<
          { user_id: string; address: string; attempts: number }[]
        >(
          `SELECT user_id, address, attempts FROM user_email
           WHERE confirm_due_at <= ? ORDER BY confirm_due_at LIMIT ? FOR UPDATE SKIP LOCKED`,
          [now, limit],
        )
        const taken = []
        for (const { user_id: userId, address, attempts } of rows) {
          const isTooMany = (await sentTo(connection, address, now)) >= SENT_TO_ADDRESS
          await connection.query(
            'UPDATE user_email SET confirm_due_at = ?, attempts = attempts + 1 WHERE user_id = ?',
            [isTooMany ? null : new Date(now.getTime() + leaseMs), userId],
          )
          if (!isTooMany) taken.push({ userId, address, attempts: attempts + 1 })
        }
        return taken
      }),

    async addLink({ userId, address, purpose, tokenHash, expiresAt }) {
      await pool.query(
        `INSERT INTO email_link (token_hash, user_id, purpose, address, expires_at)
         VALUES (?, ?, ?, ?, ?)`,
        [tokenHash, userId, purpose, address, expiresAt],
      )
    },

    async settle({ userId, address }, again) {
      await pool.query(
        `UPDATE user_email SET confirm_due_at = ?, attempts = IF(? IS NULL, 0, attempts)
         WHERE user_id = ? AND address = ?`,
        [again, again, userId, address],
      )
    },

    async dropLink(tokenHash) {
      await pool.query('DELETE FROM email_link WHERE token_hash = ?', [tokenHash])
    },
  }
}
