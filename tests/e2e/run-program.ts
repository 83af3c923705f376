import { spawn } from 'node:child_process'
import { onTestFinished } from 'vitest'

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A command of the bench as its user has it: a process of its own, with what it said and how it ended. */
export async function runProgram(program: string, args: string): Promise<Ended> {
  const child = spawn(process.execPath, [program, ...args.split(' ')], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  // A test that is given up must not leave clusters behind: it is asked to end, as by Ctrl-C.
  onTestFinished(() => void (child.exitCode === null && child.kill('SIGINT')))
  const said = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk: Buffer) => void (said.stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => void (said.stderr += chunk.toString()))
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, ...said }
}
