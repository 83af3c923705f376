import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
// @boundaries-ignore what the help of the page shows is what is documented
import { SHORTCUTS } from '../../apps/web/src/app/shortcut-list.ts'

const page = readFileSync(new URL('../../docs/web-client.md', import.meta.url), 'utf8')

test('the guide has the keys that the help of the page shows', () => {
  const rows = SHORTCUTS.flatMap((group) => group.rows)
  const written = rows.map(
    ({ keys, does }) => `| ${keys.map((key) => `\`${key}\``).join(', ')} | ${does} |`,
  )
  const section = page.slice(page.indexOf('## Keyboard'))
  const found = section.split('\n').filter((line) => line.startsWith('| `'))
  expect(found).toEqual(written)
})
