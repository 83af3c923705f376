import { expect, test } from 'vitest'
import type { RunCommand } from '../room-log/run-command.ts'
import { limitWrites } from './limit-writes.ts'

test('who sends too fast is told the bucket and its size, and it is counted', async () => {
  const counted: string[] = []
  const run = limitWrites(
    (async () => ({ seq: 1 })) as unknown as RunCommand,
    { perSecond: 1, burst: 2 },
    (bucket) => counted.push(bucket),
  )
  const send = () =>
    run({
      kind: 'message:delete',
      actor: { id: 'ada', kind: 'user' },
      roomId: '01900000-0000-7000-8000-000000000001',
      clientMsgId: '01900000-0000-7000-8000-000000000002',
      seq: 1,
    })
  await send()
  await send()
  await expect(send()).rejects.toMatchObject({
    code: 'RATE_LIMITED',
    details: { bucket: 'sends', perSecond: 1, burst: 2 },
  })
  expect(counted).toEqual(['sends'])
})
