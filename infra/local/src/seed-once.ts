import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { seed } from '@parley/database'

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
    await seed(databaseUrl)
  }
  writeFileSync(marker, `${wanted}\n`)
}
