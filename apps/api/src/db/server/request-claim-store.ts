import { randomBytes } from 'node:crypto'
import { SqlError } from 'mariadb'
import type { Pool } from '../connect.ts'

/** Whose key it is, of which request. */
export interface RequestKey {
  readonly principal: string
  readonly key: string
  /** SHA-256 of the request. */
  readonly fingerprint: Buffer
}

export type ClaimOutcome =
  | { readonly is: 'mine'; readonly holder: Buffer }
  | { readonly is: 'another' }
  | { readonly is: 'under-way'; readonly leaseMs: number }
  /** `body` is null where it was not to be kept. */
  | { readonly is: 'answered'; readonly status: number; readonly body: string | null }

export interface RequestClaims {
  readonly claim: (request: RequestKey) => Promise<ClaimOutcome>
  /** The request takes longer than a lease. */
  readonly renew: (request: RequestKey, holder: Buffer) => Promise<void>
  readonly answer: (
    request: RequestKey,
    holder: Buffer,
    status: number,
    body: string | null,
  ) => Promise<void>
  /** Nothing was done: it may be asked again with this key. */
  readonly free: (request: RequestKey, holder: Buffer) => Promise<void>
}

/** A server that died holds a key for at most so long. */
export const LEASE_S = 30
const DUPLICATE = 1062

interface Row {
  readonly fingerprint: Buffer
  readonly status: number | null
  readonly body: string | null
  readonly lease_ms: number
}

const isDuplicate = (error: unknown): boolean =>
  error instanceof SqlError && error.errno === DUPLICATE

export function createRequestClaims(pool: Pool): RequestClaims {
  const MINE = 'principal = ? AND idempotency_key = ? AND holder = ? AND status IS NULL'

  async function insert({ principal, key, fingerprint }: RequestKey, holder: Buffer) {
    await pool.query(
      `INSERT INTO request_claim
         (principal, idempotency_key, fingerprint, holder, lease_until, created_at)
       VALUES (?,?,?,?, UTC_TIMESTAMP(3) + INTERVAL ${LEASE_S} SECOND, UTC_TIMESTAMP(3))`,
      [principal, key, fingerprint, holder],
    )
  }

  /** Of whoever held it and did not come back. Of several that try, one does it. */
  async function takeOver({ principal, key }: RequestKey, holder: Buffer): Promise<boolean> {
    const { affectedRows } = await pool.query<{ affectedRows: number }>(
      `UPDATE request_claim
       SET holder = ?, lease_until = UTC_TIMESTAMP(3) + INTERVAL ${LEASE_S} SECOND
       WHERE principal = ? AND idempotency_key = ? AND status IS NULL
         AND lease_until <= UTC_TIMESTAMP(3)`,
      [holder, principal, key],
    )
    return affectedRows === 1
  }

  async function look(request: RequestKey, holder: Buffer): Promise<ClaimOutcome | undefined> {
    const [row] = await pool.query<Row[]>(
      `SELECT fingerprint, status, body,
         TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(3), lease_until) DIV 1000 AS lease_ms
       FROM request_claim WHERE principal = ? AND idempotency_key = ?`,
      [request.principal, request.key],
    )
    if (row === undefined) return undefined
    if (!row.fingerprint.equals(request.fingerprint)) return { is: 'another' }
    if (row.status !== null) return { is: 'answered', status: row.status, body: row.body }
    if (await takeOver(request, holder)) return { is: 'mine', holder }
    return { is: 'under-way', leaseMs: Math.max(0, row.lease_ms) }
  }

  async function claim(request: RequestKey): Promise<ClaimOutcome> {
    const holder = randomBytes(16)
    try {
      await insert(request, holder)
      return { is: 'mine', holder }
    } catch (error) {
      if (!isDuplicate(error)) throw error
    }
    // Gone again: it was freed in between.
    return (await look(request, holder)) ?? claim(request)
  }

  return {
    claim,

    async renew({ principal, key }, holder) {
      await pool.query(
        `UPDATE request_claim SET lease_until = UTC_TIMESTAMP(3) + INTERVAL ${LEASE_S} SECOND
         WHERE ${MINE}`,
        [principal, key, holder],
      )
    },

    async answer({ principal, key }, holder, status, body) {
      await pool.query(`UPDATE request_claim SET status = ?, body = ? WHERE ${MINE}`, [
        status,
        body,
        principal,
        key,
        holder,
      ])
    },

    async free({ principal, key }, holder) {
      await pool.query(`DELETE FROM request_claim WHERE ${MINE}`, [principal, key, holder])
    },
  }
}
