import type { Installation } from '../installation/installation.ts'
import { ask, isLoopback, readCertificate, whyNot } from './ask.ts'
import { error, ok, skipped, warn, type Check, type Finding } from './finding.ts'

const DAY_MS = 24 * 3_600_000
const SOON_DAYS = 21
/** A `Date` is cut to the second. */
const COARSE_MS = 1_000

/** The address as people and backends have it: is there a Parley, and is the way to it good? */
export async function checkAddress(installation: Installation, now = Date.now): Promise<Finding[]> {
  const url = installation.url()
  const { origin, hostname, protocol, port } = new URL(url)
  const findings: Finding[] = [encryption(protocol, hostname)]
  if (protocol === 'https:') {
    findings.push(await certificate(hostname, Number(port || 443), now()))
  }
  const path = `${new URL(url).pathname.replace(/\/$/u, '')}/readyz`
  try {
    const startedAt = now()
    const { status, date } = await ask(origin, path)
    findings.push(
      status === 200
        ? ok('url-answers', `${url} answers, and an API is ready.`)
        : error(
            'url-answers',
            `${url}/readyz answered ${status}: the balancer has no API that is ready; look at the logs of the APIs.`,
          ),
      clockOf('clock-api', 'API', date, startedAt, now()),
    )
  } catch (problem) {
    findings.push(
      error(
        'url-answers',
        `${url} does not answer: ${whyNot(problem)}; start it, or mend the way.`,
      ),
    )
    return findings
  }
  findings.push(await apiKey(installation))
  return findings
}

function encryption(protocol: string, hostname: string): Finding {
  if (protocol === 'https:') return ok('url-encrypted', 'The address is encrypted.')
  return isLoopback(hostname)
    ? ok('url-encrypted', 'The address is not encrypted, and does not leave this machine.')
    : warn(
        'url-encrypted',
        'Tokens and messages go over the network unencrypted; end TLS at the balancer.',
      )
}

async function certificate(hostname: string, port: number, nowMs: number): Promise<Finding> {
  try {
    return judgeCertificate(await readCertificate(hostname, port), nowMs)
  } catch (problem) {
    return error('tls-certificate', `No TLS with ${hostname}:${port}: ${whyNot(problem)}.`)
  }
}

export function judgeCertificate(
  { validTo, problem }: { readonly validTo: Date; readonly problem: string | null },
  nowMs: number,
): Finding {
  const days = Math.floor((validTo.getTime() - nowMs) / DAY_MS)
  const until = Number.isNaN(days) ? 'a time unknown' : validTo.toISOString().slice(0, 10)
  if (days < 0) {
    return error('tls-certificate', `The certificate ended on ${until}; renew it now.`)
  }
  if (problem !== null) {
    return error(
      'tls-certificate',
      `The certificate is not believed (${problem}); use one for this name of an authority that clients know.`,
    )
  }
  return days < SOON_DAYS
    ? warn('tls-certificate', `The certificate ends in ${days} days, on ${until}; renew it.`)
    : ok('tls-certificate', `The certificate is good until ${until}.`)
}

/** By the `Date` of an answer, which was made somewhere between asking and being answered. */
function clockOf(
  code: Check,
  who: string,
  date: string | undefined,
  askedMs: number,
  answeredMs: number,
): Finding {
  const thereMs = Date.parse(date ?? '')
  if (Number.isNaN(thereMs)) return skipped(code, `The ${who} does not say what time it is.`)
  return judgeClock(code, who, {
    leastMs: thereMs - answeredMs,
    mostMs: thereMs + COARSE_MS - askedMs,
  })
}

const WARN_MS = 2_000
const ERROR_MS = 30_000

/** The clock there minus ours is somewhere between the two. */
export function judgeClock(
  code: Check,
  who: string,
  { leastMs, mostMs }: { readonly leastMs: number; readonly mostMs: number },
): Finding {
  const offMs = leastMs > 0 ? leastMs : Math.min(0, mostMs)
  const seconds = `${Math.abs(offMs / 1_000).toFixed(1)} s`
  const way = offMs > 0 ? 'ahead of' : 'behind'
  if (Math.abs(offMs) < WARN_MS) return ok(code, `The clock of the ${who} is as ours.`)
  const level = Math.abs(offMs) < ERROR_MS ? warn : error
  return level(code, `The clock of the ${who} is ${seconds} ${way} ours; run NTP on both.`)
}

async function apiKey(installation: Installation): Promise<Finding> {
  let key: string
  try {
    key = installation.key()
  } catch {
    return skipped('api-key', 'No API key is given.')
  }
  const { origin, pathname } = new URL(installation.url())
  const path = `${pathname.replace(/\/$/u, '')}/v1/admin/stats`
  try {
    const { status } = await ask(origin, path, { headers: { authorization: `Bearer ${key}` } })
    return judgeKey(status)
  } catch (problem) {
    return error('api-key', `The API key could not be tried: ${whyNot(problem)}.`)
  }
}

export function judgeKey(status: number): Finding {
  if (status === 200) return ok('api-key', 'The API key is good.')
  if (status === 403) return ok('api-key', 'The API key is good, and without the scope admin:read.')
  if (status === 401) {
    return error('api-key', 'The API key is refused; make another one with parley keys create.')
  }
  return warn('api-key', `The API key could not be tried: the API answered ${status}.`)
}
