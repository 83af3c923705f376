import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { APPS, isPinned, problemsOf, read, readYaml, REPOSITORY } from './deployment-files.ts'

interface Service {
  readonly image: string
  readonly build?: {
    readonly context: string
    readonly dockerfile: string
    readonly target: string
  }
  readonly extends?: { readonly file: string; readonly service: string }
  readonly user: string
  readonly read_only?: boolean
  readonly restart: string
  readonly cap_drop?: readonly string[]
  readonly security_opt?: readonly string[]
  readonly privileged?: boolean
  readonly environment?: Readonly<Record<string, string>>
  readonly command?: readonly string[]
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly healthcheck?: object
  readonly stop_grace_period?: string
  readonly ports?: readonly string[]
  readonly networks: readonly string[] | Readonly<Record<string, { readonly aliases?: string[] }>>
  readonly secrets?: readonly (string | { readonly source: string; readonly target: string })[]
  readonly configs?: readonly { readonly source: string; readonly target: string }[]
  readonly volumes?: readonly string[]
  readonly deploy: { readonly resources: { readonly limits: Readonly<Record<string, unknown>> } }
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>
  readonly volumes: object
  readonly secrets: Readonly<Record<string, { readonly file: string }>>
  readonly configs: Readonly<Record<string, { readonly file: string }>>
}

const compose = readYaml<Compose>('infra/compose.yaml')[0]!
const services = Object.entries(compose.services)
const service = (name: string): Service => compose.services[name]!
const networksOf = ({ networks }: Service): string[] =>
  Array.isArray(networks) ? networks : Object.keys(networks)
const aliases = (name: string): string[] =>
  services
    .filter(([, { networks }]) =>
      Object.values(Array.isArray(networks) ? {} : networks).some((network) =>
        network?.aliases?.includes(name),
      ),
    )
    .map(([one]) => one)
const secretNamesOf = ({ secrets = [] }: Service): string[] =>
  secrets.map((secret) => (typeof secret === 'string' ? secret : secret.source))
const seconds = (duration = '0s'): number => Number(/^(\d+)s$/u.exec(duration)?.[1])
const isOneOf = (app: string) => (name: string) =>
  new RegExp(`^(green-)?${app}(-\\d)?$`, 'u').test(name)
const namesOf = (app: string): string[] => Object.keys(compose.services).filter(isOneOf(app))

test('all that an installation is made of is there', () => {
  expect(Object.keys(compose.services).toSorted()).toEqual(
    ['api-0', 'api-1', 'gateway-0', 'gateway-1', 'gateway-2', 'grafana', 'haproxy', 'migrate']
      .concat(['mysql', 'prometheus', 'redis', 'worker'])
      .toSorted(),
  )
})

describe.each(services)('%s', (name, one) => {
  test('has an image of a named release', () => {
    const image = one.image.replace(/\$\{\w+:-([^}]+)\}/u, '$1')
    expect(isPinned(image), image).toBe(true)
  })

  test('may do nothing that it need not', () => {
    expect(one).toMatchObject({ read_only: true, cap_drop: ['ALL'] })
    expect(one.security_opt).toEqual(['no-new-privileges:true'])
    expect(one.privileged).toBeUndefined()
    expect(one.user).toMatch(/^[1-9]\d*:\d+$/u)
  })

  test('has limits, and comes again when it dies', () => {
    expect(Object.keys(one.deploy.resources.limits)).toEqual(['cpus', 'memory', 'pids'])
    expect(one.restart).toBe(name === 'migrate' ? 'no' : 'unless-stopped')
  })

  test('waits only for what says that it is ready', () => {
    for (const [needed, { condition }] of Object.entries(one.depends_on ?? {})) {
      const expected = needed === 'migrate' ? 'service_completed_successfully' : 'service_healthy'
      expect(condition).toBe(expected)
      // Those of our own images are in the Dockerfile.
      if (needed !== 'migrate')
        expect(service(needed).healthcheck ?? service(needed).build, needed).toBeDefined()
    }
  })

  test('names networks, volumes, secrets and files that are there', () => {
    for (const network of networksOf(one)) expect(compose.networks).toHaveProperty(network)
    for (const secret of secretNamesOf(one)) expect(compose.secrets).toHaveProperty(secret)
    for (const { source } of one.configs ?? []) expect(compose.configs).toHaveProperty(source)
    for (const volume of one.volumes ?? []) {
      const source = volume.split(':')[0]!
      if (source.startsWith('.')) expect(existsSync(join(REPOSITORY, 'infra', source))).toBe(true)
      else expect(compose.volumes).toHaveProperty(source)
    }
  })

  test('is given each secret that it reads, and no other', () => {
    const mounted = (one.secrets ?? []).map((secret) =>
      typeof secret === 'string' ? `/run/secrets/${secret}` : secret.target,
    )
    const texts = [...Object.values(one.environment ?? {}), ...(one.command ?? [])]
    const named = texts.filter((text) => text.startsWith('/run/secrets/'))
    // HAProxy’s are named in its own file.
    const inFile = name === 'haproxy' ? mounted : []
    expect(mounted.toSorted()).toEqual([...new Set([...named, ...inFile])].toSorted())
  })
})

describe.each(['api', 'gateway', 'worker'] as const)('%s', (app) => {
  test.each(namesOf(app))(
    '%s has each variable that it needs, and none that it does not know',
    (name) => {
      expect(problemsOf(app, Object.keys(service(name).environment ?? {}))).toEqual([])
    },
  )

  test('each has a name of its own', () => {
    const variable = `${app.toUpperCase()}_NAME`
    for (const name of namesOf(app)) expect(service(name).environment?.[variable]).toBe(name)
  })
})

test('the migration knows its database', () => {
  expect(service('migrate').environment).toEqual({ DATABASE_URL_FILE: '/run/secrets/database_url' })
})

test('what runs has as long to end as docs/operations.md says', () => {
  const operations = read('docs/operations.md')
  const gateway = Number(/grace period of \*\*(\d+) s\*\*/u.exec(operations)?.[1])
  const api = Number(/grace period \*\*(\d+) s\*\*/u.exec(operations)?.[1])
  expect([gateway, api]).toEqual([30, 20])
  const graceOf = (name: string): number => seconds(service(name).stop_grace_period)
  for (const name of namesOf('gateway')) expect(graceOf(name)).toBeGreaterThanOrEqual(gateway)
  for (const name of namesOf('api')) expect(graceOf(name)).toBeGreaterThanOrEqual(api)
  const hardStop = Number(/hard-stop-after (\d+)s/u.exec(read('infra/haproxy/haproxy.cfg'))?.[1])
  expect(graceOf('haproxy')).toBeGreaterThan(hardStop)
})

describe('networks', () => {
  test('only the balancer is reachable from outside, and operators’ pages from this machine', () => {
    const published = services.flatMap(([name, { ports = [] }]) =>
      ports.map((port) => `${name} ${port}`),
    )
    expect(published.toSorted()).toEqual([
      'grafana 127.0.0.1:3000:3000',
      'haproxy 443:8443',
      'haproxy 80:8080',
      'prometheus 127.0.0.1:9090:9090',
    ])
  })

  test('MySQL and Redis are met by those who need them', () => {
    const on = (network: string): string[] =>
      services.filter(([, one]) => networksOf(one).includes(network)).map(([name]) => name)
    const apis = namesOf('api')
    expect(on('database').toSorted()).toEqual([...apis, 'migrate', 'mysql', 'worker'].toSorted())
    expect(on('news').toSorted()).toEqual(
      [...apis, ...namesOf('gateway'), 'redis', 'worker'].toSorted(),
    )
    for (const name of ['app', 'database', 'news'])
      expect(compose.networks[name]).toEqual({ internal: true })
    expect(networksOf(service('mysql'))).toEqual(['database'])
    expect(networksOf(service('redis'))).toEqual(['news'])
  })

  test('gateways reach the API by the balancer’s internal side', () => {
    const internal = /frontend internal\n\s+bind :(\d+)/u.exec(
      read('infra/haproxy/haproxy.cfg'),
    )?.[1]
    for (const name of namesOf('gateway'))
      expect(service(name).environment?.['API_URL']).toBe(`http://haproxy:${internal}`)
  })

  test('Prometheus looks for the names and ports that there are', () => {
    interface Scrape {
      readonly job_name: string
      readonly dns_sd_configs: readonly { readonly names: string[]; readonly port: number }[]
    }
    const [prometheus] = readYaml<{ scrape_configs: Scrape[] }>('infra/prometheus/prometheus.yaml')
    const found = prometheus!.scrape_configs.map(({ job_name: job, dns_sd_configs: [dns] }) => {
      const name = dns!.names[0]!
      return [job, compose.services[name] === undefined ? aliases(name) : [name], dns!.port]
    })
    expect(found).toEqual([
      ['gateway', namesOf('gateway'), APPS.gateway.defaultPort],
      ['api', namesOf('api'), APPS.api.defaultPort],
      ['worker', namesOf('worker'), APPS.worker.defaultPort],
      ['haproxy', ['haproxy'], 8404],
    ])
  })
})

describe('HAProxy', () => {
  const config = read('infra/haproxy/haproxy.cfg')
  const green = Object.keys(readYaml<Compose>('infra/compose.green.yaml')[0]!.services)

  test('has every gateway and API of both colours, by name and port', () => {
    const servers = [...config.matchAll(/^ {2}server (\S+) (\S+)/gmu)].map(
      ([, name, address]) => `${name} ${address}`,
    )
    const all = [...Object.keys(compose.services), ...green]
    for (const app of ['gateway', 'api'] as const) {
      const expected = all
        .filter(isOneOf(app))
        .map((name) => `${name} ${name}:${APPS[app].defaultPort}`)
      expect(new Set(servers.filter((one) => isOneOf(app)(one.split(' ')[0]!)))).toEqual(
        new Set(expected),
      )
    }
  })

  test('publishes the ports that it binds, and its health check asks one', () => {
    const bound = [...config.matchAll(/bind :(\d+)/gu)].map(([, port]) => port)
    expect(bound).toEqual(['8080', '8443', '8081', '8404'])
    expect(JSON.stringify(service('haproxy').healthcheck)).toContain(':8404/healthz')
    expect(config).toContain('monitor-uri /healthz')
  })

  test('finds its certificate and key where they are mounted', () => {
    expect(config).toContain('crt /etc/haproxy/tls/site.crt')
    expect(service('haproxy').secrets).toEqual([
      { source: 'site_certificate', target: '/etc/haproxy/tls/site.crt' },
      { source: 'site_key', target: '/etc/haproxy/tls/site.key' },
    ])
  })
})

test('green is blue with other names', () => {
  const { services: green } = readYaml<Compose>('infra/compose.green.yaml')[0]!
  for (const [name, one] of Object.entries(green)) {
    const blue = name.replace('green-', '')
    expect(one.extends).toEqual({ file: 'compose.yaml', service: blue })
    expect(Object.values(one.environment ?? {})).toEqual([name])
    expect(one.image.replace('GREEN_', '')).toBe(service(blue).image)
  }
})

test('every secret is one that make-secrets.sh makes, and the other way round', () => {
  const made = [...read('infra/make-secrets.sh').matchAll(/\bkeep ([a-z_.]+)/gu)].map(
    ([, name]) => name,
  )
  // What others are made of.
  const parts = new Set(['redis_password'])
  const named = Object.values(compose.secrets).map(({ file }) => file.replace('./secrets/', ''))
  expect(named.toSorted()).toEqual(made.filter((name) => !parts.has(name!)).toSorted())
})
