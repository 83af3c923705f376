import { fileURLToPath } from 'node:url'
import { freePort } from '@parley/local-cluster'
import type { SubjectLaunch } from './subject-launch.ts'

/** Servers of ours: what is compiled runs, as it does for Parley. Answers their ports. */
export async function startNodes(
  launch: SubjectLaunch,
  program: 'socket-io' | 'ws',
  { args, env = {} }: { readonly args: readonly string[]; readonly env?: NodeJS.ProcessEnv },
): Promise<number[]> {
  const file = fileURLToPath(new URL(`../../dist/subjects/${program}/main.js`, import.meta.url))
  launch.onProgress(`Starting ${launch.nodes} nodes`)
  const ports: number[] = []
  for (let number = 1; number <= launch.nodes; number += 1) ports.push(await freePort())
  await Promise.all(
    ports.map((port, index) =>
      launch.start('front', {
        name: `s${index + 1}`,
        command: process.execPath,
        args: [file, String(port), ...args],
        env: { NODE_ENV: 'production', ...launch.frontEnv, ...env },
        logFile: launch.logFile(`s${index + 1}`),
        stopTimeoutMs: 10_000,
        isReady: () => answers(`http://127.0.0.1:${port}/readyz`),
      }),
    ),
  )
  return ports
}

/** With a success. */
export async function answers(url: string, init?: RequestInit): Promise<boolean> {
  try {
    const { ok, body } = await fetch(url, { ...init, signal: AbortSignal.timeout(1_000) })
    await body?.cancel()
    return ok
  } catch {
    return false
  }
}
