// Brings the database of DATABASE_URL, or of the file DATABASE_URL_FILE, to what this release needs, and ends.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

// The package as the API sees it, wherever its folder of packages lies.
const require = createRequire(new URL('../../apps/api/package.json', import.meta.url))
const { migrate } = await import(pathToFileURL(require.resolve('@parley/database')).href)

try {
  const applied = await migrate(databaseUrl(), {
    onApply: (name) => console.log(`Applying ${name}`),
  })
  console.log(applied.length === 0 ? 'Nothing to apply.' : `Applied ${applied.length} migrations.`)
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}

function databaseUrl() {
  const { DATABASE_URL, DATABASE_URL_FILE } = process.env
  if (DATABASE_URL && DATABASE_URL_FILE)
    throw new Error('DATABASE_URL is given, and DATABASE_URL_FILE too; give one of them.')
  const url = DATABASE_URL_FILE ? readFileSync(DATABASE_URL_FILE, 'utf8').trim() : DATABASE_URL
  if (!url) throw new Error('DATABASE_URL or DATABASE_URL_FILE has to say where the database is.')
  return url
}
