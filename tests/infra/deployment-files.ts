import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseAllDocuments, parseDocument } from 'yaml'
// @boundaries-ignore the settings of the apps are what the deployment files set
import { ApiEnv } from '../../apps/api/src/config.ts'
// @boundaries-ignore the settings of the apps are what the deployment files set
import { WorkerEnv } from '../../apps/api/src/worker-config.ts'
// @boundaries-ignore the settings of the apps are what the deployment files set
import { GatewayEnv } from '../../apps/gateway/src/config.ts'
// @boundaries-ignore secrets may come from files
import { fileVariable, secretNames } from '../../packages/server-kit/src/secret-files.ts'

const repository = new URL('../../', import.meta.url)
export const REPOSITORY = fileURLToPath(repository)

export const read = (path: string): string => readFileSync(new URL(path, repository), 'utf8')

export const filesIn = (folder: string): string[] =>
  readdirSync(new URL(folder, repository), { recursive: true, encoding: 'utf8' }).map(
    (path) => `${folder}/${path}`,
  )

/** Each document of a file; a mistake of YAML, or a key that is there twice, throws. */
export function readYaml<Document = Record<string, unknown>>(path: string): Document[] {
  return parseAllDocuments(read(path), { merge: true }).map((document) => {
    if (document.errors[0] !== undefined) throw document.errors[0]
    return document.toJS() as Document
  })
}

/** Of one string, as kustomize has them in its patches. */
export const parseYaml = (text: string): unknown => parseDocument(text).toJS()

interface AppSettings {
  readonly port: string
  readonly defaultPort: number
  readonly known: ReadonlySet<string>
  readonly required: readonly string[]
  readonly secrets: readonly string[]
}

function settingsOf(schema: typeof ApiEnv | typeof WorkerEnv | typeof GatewayEnv, port: string) {
  const shape = Object.entries(schema.shape)
  const secrets = secretNames(schema)
  return {
    port,
    defaultPort: Number(shape.find(([name]) => name === port)?.[1].safeParse(undefined).data),
    known: new Set([...shape.map(([name]) => name), ...secrets.map(fileVariable)]),
    required: shape.filter(([, one]) => !one.safeParse(undefined).success).map(([name]) => name),
    secrets,
  }
}

export const APPS: Readonly<Record<'api' | 'gateway' | 'worker', AppSettings>> = {
  api: settingsOf(ApiEnv, 'API_PORT'),
  gateway: settingsOf(GatewayEnv, 'GATEWAY_PORT'),
  worker: settingsOf(WorkerEnv, 'WORKER_PORT'),
}

/** What is wrong with the variables of one process: unknown, missing, or a secret in plain sight. */
export function problemsOf(app: keyof typeof APPS, names: readonly string[]): string[] {
  const { known, required, secrets } = APPS[app]
  const given = new Set(names)
  return [
    ...names.filter((name) => !known.has(name)).map((name) => `${name} is no setting`),
    ...required
      .filter((name) => !given.has(name) && !given.has(fileVariable(name)))
      .map((name) => `${name} is missing`),
    ...names.filter((name) => secrets.includes(name)).map((name) => `${name} belongs in a file`),
  ]
}

/** A tag that says which release it is, down to the patch. */
export const isPinned = (image: string): boolean => /:v?\d+\.\d+\.\d+(-[\w.-]+)?$/u.test(image)
