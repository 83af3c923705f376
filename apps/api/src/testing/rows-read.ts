import type { Pool } from '../db/connect.ts'

/** Rows that the engine was asked for while `run` ran, on the one connection of `single`. */
export async function rowsRead(single: Pool, run: () => Promise<unknown>): Promise<number> {
  const total = async (): Promise<number> => {
    const rows = await single.query<{ Value: string }[]>(
      `SHOW SESSION STATUS WHERE Variable_name IN ('Handler_read_first', 'Handler_read_key',
       'Handler_read_last', 'Handler_read_next', 'Handler_read_prev', 'Handler_read_rnd_next')`,
    )
    return rows.reduce((sum, { Value }) => sum + Number(Value), 0)
  }
  const before = await total()
  await run()
  const after = await total()
  // Looking reads a few rows itself.
  const again = await total()
  return after - before - (again - after)
}
