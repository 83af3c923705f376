import type { Queries } from '../packets.ts'

/** One multi-row statement a table, and none for a table that nothing is written to. */
export class Writes {
  readonly #connection: Queries
  readonly #running: Promise<unknown>[] = []

  constructor(connection: Queries) {
    this.#connection = connection
  }

  insert(into: string, one: string, rows: readonly (readonly unknown[])[], suffix = ''): void {
    if (rows.length === 0) return
    const sql = `INSERT INTO ${into} VALUES ${rows.map(() => one).join()} ${suffix}`
    this.run(sql, rows.flat())
  }

  run(sql: string, values: unknown[]): void {
    this.#running.push(this.#connection.query(sql, values))
  }

  async done(): Promise<void> {
    await Promise.all(this.#running)
  }
}
