import { basename, dirname, join } from 'node:path'
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy'
import { Deployment } from 'kubernetes-models/apps/v1/Deployment'
import { StatefulSet } from 'kubernetes-models/apps/v1/StatefulSet'
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler'
import { Job } from 'kubernetes-models/batch/v1/Job'
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget'
import { Namespace } from 'kubernetes-models/v1/Namespace'
import { Secret } from 'kubernetes-models/v1/Secret'
import { Service } from 'kubernetes-models/v1/Service'
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount'
import { describe, expect, test } from 'vitest'
import {
  APPS,
  filesIn,
  isPinned,
  parseYaml,
  problemsOf,
  read,
  readYaml,
} from './deployment-files.ts'

const ROOT = 'infra/kubernetes'

interface Container {
  readonly name: string
  readonly image: string
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[]
  readonly env?: readonly {
    readonly name: string
    readonly value?: string
    readonly valueFrom?: object
  }[]
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[]
  readonly securityContext?: object
  readonly resources?: { readonly requests: object; readonly limits: object }
  readonly readinessProbe?: object
  readonly livenessProbe?: { readonly timeoutSeconds: number; readonly failureThreshold: number }
  readonly startupProbe?: object
  readonly lifecycle?: { readonly preStop: { readonly exec: { readonly command: string[] } } }
}

interface PodSpec {
  readonly serviceAccountName: string
  readonly automountServiceAccountToken: boolean
  readonly terminationGracePeriodSeconds: number
  readonly securityContext: object
  readonly containers: readonly Container[]
  readonly topologySpreadConstraints?: readonly object[]
  readonly volumes?: readonly {
    readonly name: string
    readonly secret?: {
      readonly secretName: string
      readonly items: readonly { key: string; path: string }[]
    }
  }[]
}

/** Of the kinds that are here, what is looked at. */
interface Spec {
  readonly template: { readonly metadata: { readonly labels: object }; readonly spec: PodSpec }
  readonly selector: { readonly matchLabels: object }
  readonly serviceName?: string
  readonly replicas?: number
  readonly maxReplicas: number
  readonly metrics: readonly { readonly pods: { readonly metric: { readonly name: string } } }[]
  readonly ports: readonly object[]
  readonly podSelector: object
  readonly policyTypes: readonly string[]
  readonly ingress: readonly object[]
  readonly egress: readonly { readonly ports: readonly { readonly port: number }[] }[]
}

interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> }
  readonly spec: Spec
}

const MODELS: Readonly<Record<string, new (data: never) => { validate: () => void }>> = {
  Deployment,
  HorizontalPodAutoscaler,
  Job,
  Namespace,
  NetworkPolicy,
  PodDisruptionBudget,
  Secret,
  Service,
  ServiceAccount,
  StatefulSet,
}

const yamlFiles = filesIn(ROOT).filter((path) => path.endsWith('.yaml'))
const isKustomization = (path: string): boolean => basename(path) === 'kustomization.yaml'
const manifestFiles = yamlFiles.filter(
  (path) => /\/(?:base|apps)\//u.test(path) && !isKustomization(path),
)
const manifests = manifestFiles.flatMap((path) => readYaml<Manifest>(path))
const ofKind = (kind: string): Manifest[] => manifests.filter((one) => one.kind === kind)
const titled = (all: readonly Manifest[]) =>
  all.map((one) => [`${one.kind} ${one.metadata.name}`, one] as const)
const COMPONENT = 'app.kubernetes.io/component'
const workloads = [...ofKind('StatefulSet'), ...ofKind('Deployment'), ...ofKind('Job')]
const podOf = (one: Manifest): PodSpec => one.spec.template.spec
const workload = (name: string): Manifest =>
  workloads.find(({ metadata }) => metadata.name === name)!
const containerOf = (name: string): Container => podOf(workload(name)).containers[0]!

test.each(titled([...manifests, ...readYaml<Manifest>(`${ROOT}/secret.example.yaml`)]))(
  '%s is what Kubernetes knows',
  (_, manifest) => {
    const Model = MODELS[manifest.kind]
    expect(Model, manifest.kind).toBeDefined()
    new Model!(manifest as never).validate()
  },
)

test('a field that Kubernetes does not know is found', () => {
  const wrong = structuredClone(workload('worker')) as unknown as { spec: { replicas: unknown } }
  wrong.spec.replicas = 'two'
  expect(() => new Deployment(wrong as never).validate()).toThrow(/replicas/u)
})

describe('kustomize', () => {
  interface Kustomization {
    readonly kind: string
    readonly resources: readonly string[]
    readonly namePrefix?: string
    readonly images?: readonly { readonly name: string; readonly newTag: string }[]
    readonly configMapGenerator?: readonly { name: string; files?: string[]; literals?: string[] }[]
    readonly patches?: readonly { target: { kind: string; name?: string }; patch: string }[]
  }
  const all = yamlFiles
    .filter(isKustomization)
    .map((path) => [path, readYaml<Kustomization>(path)[0]!] as const)

  test.each(all)('%s names files and folders that are there', (path, { resources, ...more }) => {
    const folder = dirname(path)
    for (const resource of resources) {
      const at = join(folder, resource)
      expect(yamlFiles).toContain(resource.endsWith('.yaml') ? at : join(at, 'kustomization.yaml'))
    }
    for (const { files = [] } of more.configMapGenerator ?? [])
      for (const file of files) expect(filesIn(folder)).toContain(join(folder, file))
  })

  test('every manifest is in one', () => {
    const named = all.flatMap(([path, { resources }]) =>
      resources.map((resource) => join(dirname(path), resource)),
    )
    expect(named.filter((path) => path.endsWith('.yaml')).toSorted()).toEqual(
      manifestFiles.toSorted(),
    )
  })

  test.each(all)(
    '%s changes things that there are',
    (_, { images = [], patches = [], resources }) => {
      const ours = new Set(
        workloads.flatMap((one) => podOf(one).containers.map(({ image }) => image.split(':')[0])),
      )
      for (const { name, newTag } of images) {
        expect(ours).toContain(name)
        expect(isPinned(`${name}:${newTag}`)).toBe(true)
      }
      const isGreen = resources.some((one) => one.endsWith('green'))
      for (const { target, patch } of patches) {
        const name = isGreen ? target.name?.replace(/^green-/u, '') : target.name
        const targets = ofKind(target.kind).filter(
          ({ metadata }) => name === undefined || metadata.name === name,
        )
        expect(targets.length).toBeGreaterThan(0)
        for (const { op, path } of parseYaml(patch) as { op: string; path: string }[]) {
          const parts = path.split('/').slice(1, op === 'add' ? -1 : undefined)
          const keys = parts.map((part) => part.replaceAll('~1', '/'))
          for (const one of targets)
            expect(
              keys.reduce<unknown>(
                (at, key) => (at as Readonly<Record<string, unknown>> | undefined)?.[key],
                one,
              ),
              path,
            ).toBeDefined()
        }
      }
    },
  )

  test('settings are known to some app, and no secrets', () => {
    const known = new Set(Object.values(APPS).flatMap(({ known }) => [...known]))
    const secrets = Object.values(APPS).flatMap((app) => app.secrets)
    for (const [, { configMapGenerator = [] }] of all)
      for (const literal of configMapGenerator.flatMap(({ literals = [] }) => literals)) {
        const [name = ''] = literal.split('=')
        expect(known).toContain(name)
        expect(secrets).not.toContain(name)
      }
  })
})

describe.each(titled(workloads))('%s', (_, manifest) => {
  const pod = podOf(manifest)
  const [container] = pod.containers
  const component = manifest.metadata.labels?.[COMPONENT]

  test('is let into a restricted namespace', () => {
    expect(pod.securityContext).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    })
    expect(container!.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    })
  })

  test('has an account that may ask Kubernetes nothing', () => {
    expect(pod.automountServiceAccountToken).toBe(false)
    const account = ofKind('ServiceAccount').find(
      ({ metadata }) => metadata.name === pod.serviceAccountName,
    )
    expect(account).toMatchObject({ automountServiceAccountToken: false })
  })

  test('asks for what it needs, and has a limit of memory', () => {
    expect(Object.keys(container!.resources!.requests)).toEqual(['cpu', 'memory'])
    expect(Object.keys(container!.resources!.limits)).toEqual(['memory'])
    expect(isPinned(container!.image), container!.image).toBe(true)
  })

  test('mounts the volumes that it has', () => {
    const volumes = (pod.volumes ?? []).map(({ name }) => name)
    expect((container!.volumeMounts ?? []).map(({ name }) => name).toSorted()).toEqual(
      volumes.toSorted(),
    )
  })

  test('is spoken to by its own policy', () => {
    const policy = ofKind('NetworkPolicy').find(({ metadata }) => metadata.name === component)
    expect(policy?.spec.podSelector).toEqual({ matchLabels: { [COMPONENT]: component } })
    expect(policy?.spec.policyTypes).toEqual(['Ingress', 'Egress'])
  })
})

test.each(titled(workloads.filter(({ kind }) => kind !== 'Job')))(
  '%s is spread, and never all gone at once',
  (_, manifest) => {
    const pod = podOf(manifest)
    const component = manifest.metadata.labels?.[COMPONENT]
    const selector = { matchLabels: { [COMPONENT]: component } }
    expect(pod.topologySpreadConstraints).toHaveLength(2)
    for (const constraint of pod.topologySpreadConstraints!)
      expect(constraint).toMatchObject({ labelSelector: selector })
    const budget = ofKind('PodDisruptionBudget').find(({ metadata }) => metadata.name === component)
    expect(budget?.spec).toEqual({ maxUnavailable: 1, selector })
    // A selector that does not match its own pods is refused by Kubernetes only when it is applied.
    const { labels } = manifest.spec.template.metadata as { labels: object }
    expect(labels).toEqual(manifest.spec.selector.matchLabels)
  },
)

describe.each(['api', 'gateway', 'worker'] as const)('%s', (app) => {
  const container = containerOf(app)
  const { defaultPort } = APPS[app]

  test('has each variable that it needs, and none that it does not know', () => {
    expect(
      problemsOf(
        app,
        (container.env ?? []).map(({ name }) => name),
      ),
    ).toEqual([])
  })

  test('is named as its pod', () => {
    expect(container.env).toContainEqual({
      name: `${app.toUpperCase()}_NAME`,
      valueFrom: { fieldRef: { fieldPath: 'metadata.name' } },
    })
  })

  test('reads the secrets that are mounted, and no others', () => {
    const mount = container.volumeMounts!.find(({ name }) => name === 'secrets')!
    const { secret } = podOf(workload(app)).volumes!.find(({ name }) => name === 'secrets')!
    const mounted = secret!.items.map(({ path }) => `${mount.mountPath}/${path}`)
    const named = container.env!.flatMap(({ value }) => (value?.startsWith('/run/') ? [value] : []))
    expect(mounted.toSorted()).toEqual(named.toSorted())
    const example = readYaml<{ metadata: { name: string }; stringData: object }>(
      `${ROOT}/secret.example.yaml`,
    )
    const keys = example.find(({ metadata }) => metadata.name === secret!.secretName)!.stringData
    for (const { key } of secret!.items) expect(keys).toHaveProperty([key])
  })

  test('is asked at its port whether it is ready, and patiently whether it lives', () => {
    expect(container.ports).toEqual([{ name: 'http', containerPort: defaultPort }])
    expect(container.readinessProbe).toMatchObject({ httpGet: { path: '/readyz', port: 'http' } })
    expect(container.startupProbe).toMatchObject({ httpGet: { path: '/healthz', port: 'http' } })
    expect(container.livenessProbe).toMatchObject({
      httpGet: { path: '/healthz', port: 'http' },
      timeoutSeconds: 5,
      failureThreshold: 3,
    })
  })
})

test('each has as long to end as docs/operations.md says, preStop included', () => {
  const grace = (name: string): number => podOf(workload(name)).terminationGracePeriodSeconds
  expect(grace('gateway')).toBeGreaterThanOrEqual(30)
  expect(grace('api')).toBeGreaterThanOrEqual(20)
  const hardStop = Number(/hard-stop-after (\d+)s/u.exec(read(`${ROOT}/base/haproxy.cfg`))?.[1])
  const preStop = Number(containerOf('haproxy').lifecycle!.preStop.exec.command[1])
  expect(preStop).toBeGreaterThan(0)
  expect(grace('haproxy')).toBeGreaterThan(preStop + hardStop)
})

describe('HAProxy', () => {
  const config = read(`${ROOT}/base/haproxy.cfg`)
  const servers = [...config.matchAll(/^ {2}server (\S+) (\S+)/gmu)]

  test('has each pod that there may ever be, in both colours, by its whole name', () => {
    const { namespace } = readYaml<{ namespace: string }>(`${ROOT}/base/kustomization.yaml`)[0]!
    for (const name of ['gateway', 'api'] as const) {
      const scaler = ofKind('HorizontalPodAutoscaler').find(
        ({ metadata }) => metadata.name === name,
      )!
      const { serviceName, replicas } = workload(name).spec
      // The autoscaler’s word, which every `kubectl apply` would otherwise take back.
      expect(replicas).toBeUndefined()
      const pods = ['', 'green-'].flatMap((colour) =>
        Array.from(
          { length: scaler.spec.maxReplicas as number },
          (_, number) => `${colour}${name}-${number}`,
        ),
      )
      const host = `${serviceName}.${namespace}.svc.cluster.local:${APPS[name].defaultPort}`
      const expected = pods.map((pod) => `${pod} ${pod}.${host}`)
      const found = servers
        .map(([, server, address]) => `${server} ${address}`)
        .filter((one) => new RegExp(`^(green-)?${name}-`, 'u').test(one))
      expect(new Set(found)).toEqual(new Set(expected))
    }
  })

  test('pods have names, also while they drain', () => {
    for (const name of ['gateway', 'api'])
      expect(ofKind('Service').find(({ metadata }) => metadata.name === name)?.spec).toMatchObject({
        clusterIP: 'None',
        publishNotReadyAddresses: true,
        selector: { [COMPONENT]: name },
      })
  })

  test('has a port for each that it binds', () => {
    const bound = [...config.matchAll(/bind :(\d+)/gu)].map(([, port]) => Number(port))
    expect(containerOf('haproxy').ports!.map((port) => port.containerPort)).toEqual(bound)
    const { value } = containerOf('gateway').env!.find(({ name }) => name === 'API_URL')!
    expect(value).toBe('http://haproxy-internal:8081')
    const internal = ofKind('Service').find(({ metadata }) => metadata.name === 'haproxy-internal')
    expect(internal?.spec.ports).toEqual([{ name: 'internal', port: 8081, targetPort: 'internal' }])
  })
})

describe('network policies', () => {
  const policy = (name: string) =>
    ofKind('NetworkPolicy').find(({ metadata }) => metadata.name === name)!.spec
  const from = (component: string, port: number) => ({
    from: [{ podSelector: { matchLabels: { [COMPONENT]: component } } }],
    ports: [{ port }],
  })

  test('nobody may what is not said', () => {
    expect(policy('default-deny')).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] })
  })

  test('apps are reached by the balancer and Prometheus only, at the port that they have', () => {
    for (const app of ['api', 'gateway'] as const) {
      const { defaultPort } = APPS[app]
      const [balancer, prometheus, ...others] = policy(app).ingress as object[]
      expect(others).toEqual([])
      expect(balancer).toEqual(from('haproxy', defaultPort))
      expect(prometheus).toMatchObject({
        from: [{ namespaceSelector: {} }],
        ports: [{ port: defaultPort }],
      })
    }
  })

  test('the internal side of the balancer is for gateways', () => {
    const [anybody, gateways] = policy('haproxy').ingress as object[]
    expect(anybody).toEqual({ ports: [{ port: 8080 }, { port: 8443 }] })
    expect(gateways).toEqual(from('gateway', 8081))
  })

  test('gateways never talk to MySQL', () => {
    const ports = (name: string): number[] =>
      (policy(name).egress as { ports: { port: number }[] }[]).flatMap((rule) =>
        rule.ports.map(({ port }) => port),
      )
    expect(ports('gateway')).toEqual([8081, 6379])
    for (const name of ['api', 'worker', 'migrate']) expect(ports(name)).toContain(3306)
  })
})

test('the autoscaler of gateways asks for metrics that there are, and the adapter has', () => {
  const scaler = ofKind('HorizontalPodAutoscaler').find(
    ({ metadata }) => metadata.name === 'gateway',
  )!
  const asked = (scaler.spec.metrics as { pods: { metric: { name: string } } }[]).map(
    ({ pods }) => pods.metric.name,
  )
  const [adapter] = readYaml<{ rules: { seriesQuery: string; name: { matches: string } }[] }>(
    `${ROOT}/monitoring/prometheus-adapter.yaml`,
  )
  expect(adapter!.rules.map(({ name }) => name.matches)).toEqual(asked)
  for (const [number, { seriesQuery }] of adapter!.rules.entries()) {
    expect(seriesQuery.startsWith(`${asked[number]}{`)).toBe(true)
    expect(read('docs/metrics.md')).toContain(`\`${asked[number]}\``)
  }
})
