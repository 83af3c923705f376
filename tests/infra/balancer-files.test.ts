import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generate } from 'selfsigned'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
// @boundaries-ignore the balancer that all other tests run behind is what these are compared with
import { haproxyConfig } from '../../infra/local/src/haproxy-config.ts'
// @boundaries-ignore programs of the system are found by the launcher
import { ensurePrograms } from '../../infra/local/src/install-programs.ts'
import { haproxyAtHome, nginxAtHome, type Setting } from './balancer-settings.ts'
import { read } from './deployment-files.ts'

const HAPROXY_FILES = ['infra/haproxy/haproxy.cfg', 'infra/kubernetes/base/haproxy.cfg']
const dir = mkdtempSync(join(tmpdir(), 'parley-balancers-'))
let programs: Record<'haproxy' | 'nginx', string>
let setting: Setting

beforeAll(async () => {
  programs = await ensurePrograms(['haproxy', 'nginx'])
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }])
  const certificate = join(dir, 'site.crt')
  writeFileSync(certificate, cert)
  writeFileSync(join(dir, 'site.key'), key)
  const ports = { plain: 20_001, tls: 20_002, internal: 20_003 }
  const names = new Map<string, string>()
  const statsPort = 20_004
  setting = {
    addresses: new Map(),
    names,
    certificate,
    key: join(dir, 'site.key'),
    ports,
    statsPort,
  }
})

afterAll(() => rmSync(dir, { recursive: true }))

function run(command: string, args: readonly string[]): { status: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  return { status, said: `${stdout}${stderr}`.trim() }
}

test.each(HAPROXY_FILES)('haproxy accepts %s without a warning', (path) => {
  const file = join(dir, 'haproxy.cfg')
  writeFileSync(file, haproxyAtHome(setting, path))
  expect(run(programs.haproxy, ['-c', '-f', file])).toEqual({
    status: 0,
    said: 'Configuration file is valid',
  })
})

test('nginx accepts infra/nginx/nginx.conf without a warning', () => {
  const file = join(dir, 'nginx.conf')
  writeFileSync(file, nginxAtHome(setting, dir))
  const { status, said } = run(programs.nginx, ['-t', '-q', '-p', dir, '-c', file])
  expect({ status, said }).toEqual({ status: 0, said: '' })
})

/** Lines by section, without what differs between machines: where servers are. */
function rulesOf(config: string): Map<string, string[]> {
  const sections = new Map<string, string[]>()
  let lines: string[] = []
  for (const line of config.split('\n')) {
    if (/^\s*(#|$)/u.test(line)) continue
    if (/^\S/u.test(line)) {
      lines = []
      sections.set(line.trim(), lines)
    } else lines.push(line.trim().replace(/^(server \S+) \S+/u, '$1'))
  }
  return sections
}

describe('HAProxy’s rules', () => {
  const files = HAPROXY_FILES.map((path) => rulesOf(read(path)))
  const named = (kind: string, lines: readonly string[]): string[] => [
    ...new Set(
      lines.flatMap((line) => new RegExp(`^server (\\S*${kind}-\\d+)`, 'u').exec(line)?.[1] ?? []),
    ),
  ]

  test.each(HAPROXY_FILES)('%s has all of those that every test runs behind', (path) => {
    const sections = rulesOf(read(path))
    const gateways = named('gateway', sections.get('backend gateways_by_session') ?? [])
    const apis = named('api', sections.get('backend apis') ?? [])
    const server = (name: string) => ({ name, port: 1 })
    const local = haproxyConfig({
      port: 1,
      internalPort: 2,
      gateways: gateways.map(server),
      apis: apis.map(server),
      statsSocket: 'socket',
    })
    // Said otherwise where people are: where to listen, TLS, and how long the old one may take to go.
    const own =
      /^(bind |stats socket|hard-stop-after|http-request set-header X-Forwarded-Proto http$)/u
    for (const [section, rules] of rulesOf(local)) {
      const here = (sections.get(section) ?? []).map((rule) => rule.replace(/ secure$/u, ''))
      expect(here, section).toEqual(expect.arrayContaining(rules.filter((rule) => !own.test(rule))))
    }
    expect(gateways.length).toBeGreaterThan(2)
    expect(apis.length).toBeGreaterThan(1)
  })

  test('the two differ in servers only', () => {
    const withoutServers = (sections: Map<string, string[]>) =>
      [...sections].map(([section, rules]) => [
        section,
        rules.filter((rule) => !/^(server|use-server|ignore-persist) /u.test(rule)),
      ])
    expect(withoutServers(files[1]!)).toEqual(withoutServers(files[0]!))
  })
})
