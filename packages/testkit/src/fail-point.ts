import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Cluster } from '@parley/local-cluster'

/** Makes the next `times` passes of a fail point of one API replica fail. */
export async function armFailPoint(
  cluster: Cluster,
  api: string,
  point: 'before-commit' | 'after-commit' | 'after-ack' | 'lose-news',
  times = 1,
): Promise<void> {
  const replica = cluster.info().apis.find(({ name }) => name === api)
  const token = readFileSync(join(cluster.dir, 'secrets', 'internal-token'), 'utf8')
  const answer = await fetch(new URL('/internal/fail-points', replica?.url), {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ point, times }),
  })
  if (!answer.ok) throw new Error(`The fail point was not armed: ${answer.status}`)
}
