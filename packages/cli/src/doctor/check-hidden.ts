import type { Installation } from '../installation/installation.ts'
import { ask, isLoopback, whyNot } from './ask.ts'
import { error, ok, skipped, type Finding } from './finding.ts'

const INTERNAL = '/internal/reconcile'
/** Other ways to write what may not be had; the API heeds neither case nor escapes. */
const METRICS = ['/metrics', '/METRICS', '/%6detrics', '/%256detrics', '//metrics', '/x/../metrics']

/** What only processes of the cluster may ask, asked for from outside. */
export async function checkHidden({ url, secret }: Installation): Promise<Finding[]> {
  const { origin } = new URL(url())
  return [await metrics(origin), await internal(origin, secret('INTERNAL_TOKEN'))]
}

async function metrics(origin: string): Promise<Finding> {
  try {
    for (const path of METRICS) {
      const { status, body } = await ask(origin, path)
      // The page of the web client is an answer to many a path; a failure is one of the route itself.
      if ((status === 200 && body.includes('# TYPE ')) || status === 500) {
        return error(
          'metrics-hidden',
          `Everybody can read the metrics at ${path}: have the balancer answer 404, after decoding the path twice.`,
        )
      }
    }
    return ok('metrics-hidden', 'The metrics cannot be had from outside.')
  } catch (problem) {
    return skipped('metrics-hidden', `It could not be tried: ${whyNot(problem)}.`)
  }
}

async function internal(origin: string, token: string | undefined): Promise<Finding> {
  if (token === undefined) {
    // A wrong token is answered like a path that is not there.
    return skipped(
      'internal-hidden',
      'It shows only with the right token: set INTERNAL_TOKEN(_FILE).',
    )
  }
  const host = new URL(origin)
  if (host.protocol !== 'https:' && !isLoopback(host.hostname)) {
    return skipped('internal-hidden', 'The token is not sent over a network without TLS.')
  }
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  try {
    // Not what the route takes, so that nothing comes of it where it is open.
    const { status } = await ask(origin, INTERNAL, { method: 'POST', headers, body: '[]' })
    return status === 404 || status === 403
      ? ok('internal-hidden', '/internal cannot be had from outside.')
      : error(
          'internal-hidden',
          `/internal was answered ${status} from outside: whoever gets the token may do everything; have the balancer answer 404.`,
        )
  } catch (problem) {
    return skipped('internal-hidden', `It could not be tried: ${whyNot(problem)}.`)
  }
}
