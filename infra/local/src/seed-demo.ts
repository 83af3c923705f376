import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as database from '@parley/database'

/** Decided at the first start of a folder: demo data never appears among the data of people. */
export async function seedOnce(
  dir: string,
  databaseUrl: string,
  { wanted, onSeed }: { wanted: boolean; onSeed: () => void },
): Promise<void> {
  const marker = join(dir, 'seeded')
  if (existsSync(marker)) return
  if (wanted) {
    onSeed()
    await seedDemo(databaseUrl)
  }
  writeFileSync(marker, `${wanted}\n`)
}

/** People, rooms and a few messages to look at. */
async function seedDemo(databaseUrl: string): Promise<void> {
  const seed: unknown = Reflect.get(database, 'seed')
  if (typeof seed === 'function') await seed(databaseUrl)
}
