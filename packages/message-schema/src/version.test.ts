import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { exportJsonSchema } from './json-schema.ts'
import { PROTOCOL_CHANGES, PROTOCOL_VERSION } from './version.ts'

test('every change of a schema has its line in the version log', () => {
  const hash = createHash('sha256')
    .update(JSON.stringify(exportJsonSchema()))
    .digest('hex')
    .slice(0, 16)
  const latest = PROTOCOL_CHANGES.at(-1)

  expect(
    hash,
    'The wire changed. Add a line to PROTOCOL_CHANGES in version.ts with this hash and what changed; ' +
      'raise PROTOCOL_VERSION if an older client would stumble over it.',
  ).toBe(latest?.hash)
  expect(latest?.version).toBe(PROTOCOL_VERSION)
})
