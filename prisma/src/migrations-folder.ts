import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface Migration {
  readonly name: string
  readonly sql: string
  /** SHA-256 of the file's bytes, as Prisma takes it. */
  readonly checksum: string
}

/** Found from the sources and from the compiled files alike, which lie at different depths. */
export function packageFolder(from: string = dirname(fileURLToPath(import.meta.url))): string {
  if (existsSync(join(from, 'schema.prisma'))) return from
  const parent = dirname(from)
  if (parent === from) throw new Error('The folder of schema.prisma and the migrations is missing.')
  return packageFolder(parent)
}

/** In the order of their names, which begin with the time they were written. */
export async function readMigrations(
  folder: string = join(packageFolder(), 'migrations'),
): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  return Promise.all(
    names.toSorted().map(async (name) => {
      const bytes = await readFile(join(folder, name, 'migration.sql'))
      const checksum = createHash('sha256').update(bytes).digest('hex')
      return { name, sql: bytes.toString('utf8'), checksum }
    }),
  )
}
