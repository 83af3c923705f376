import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { CliError } from '../cli-error.ts'

const Replica = z.object({ name: z.string(), url: z.string(), pid: z.int().nullable() })
const ClusterFile = z.object({
  url: z.string(),
  gateways: z.array(Replica),
  apis: z.array(Replica),
  workers: z.array(Replica),
  redis: z.object({ url: z.string() }),
  database: z.object({ url: z.string() }),
})
export type Replica = z.infer<typeof Replica>

/** What `npm start` says of the cluster that it runs. */
export interface LocalCluster extends z.infer<typeof ClusterFile> {
  readonly dir: string
}

/** The folder `.parley` here or above, as of now; or that of `PARLEY_DIR`. */
export function findLocalCluster(env: NodeJS.ProcessEnv, cwd: string): LocalCluster | null {
  const dir = env['PARLEY_DIR'] || findAbove(cwd)
  const path = dir === null ? '' : join(dir, 'cluster.json')
  if (dir === null || !existsSync(path)) return null
  try {
    return { ...ClusterFile.parse(JSON.parse(readFileSync(path, 'utf8'))), dir }
  } catch (cause) {
    throw new CliError(`${path} is damaged; start the cluster again, or remove the file.`, {
      cause,
    })
  }
}

function findAbove(folder: string): string | null {
  const dir = join(folder, '.parley')
  if (existsSync(join(dir, 'cluster.json'))) return dir
  const parent = dirname(folder)
  return parent === folder ? null : findAbove(parent)
}

/** Of the secrets that the launcher keeps. */
export function readLocalSecret({ dir }: LocalCluster, name: string): string | undefined {
  try {
    return readFileSync(join(dir, 'secrets', name), 'utf8').trim()
  } catch {
    return undefined
  }
}
