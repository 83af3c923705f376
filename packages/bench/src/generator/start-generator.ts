import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { clockMs } from '../clock.ts'
import type { Generator } from './generator.ts'

type Method = Exclude<keyof Generator, never>

export interface Question {
  readonly id: number
  readonly method: Method
  readonly argument: unknown
}

export interface Answer {
  readonly id: number
  readonly result?: unknown
  readonly error?: string
}

/** A process with readers. */
export interface RemoteGenerator {
  readonly name: string
  readonly pid: number
  readonly ask: <Name extends Method>(
    method: Name,
    ...argument: Parameters<Generator[Name]>
  ) => Promise<Awaited<ReturnType<Generator[Name]>>>
  /** By how much its clock differs from ours, beyond what asking takes. */
  readonly clockOffsetMs: () => Promise<number>
  readonly stop: () => Promise<void>
}

const PROGRAM = fileURLToPath(new URL('generator-main.js', import.meta.url))
const CLOSE_MS = 10_000

export function startGenerator(name: string): RemoteGenerator {
  const child = fork(PROGRAM, [], { serialization: 'advanced' })
  const waiting = new Map<number, (answer: Answer) => void>()
  let questions = 0
  let isStopping = false
  child.on('message', (message) => {
    const answer = message as Answer
    waiting.get(answer.id)?.(answer)
    waiting.delete(answer.id)
  })
  child.on('exit', (code, signal) => {
    const error = `${name} ended ${signal === null ? `with code ${code}` : `by ${signal}`}.`
    for (const [id, tell] of waiting) tell(isStopping ? { id } : { id, error })
    waiting.clear()
  })
  child.on('error', () => undefined)
  const ask: RemoteGenerator['ask'] = async (method, ...[argument]) => {
    if (!child.connected) throw new Error(`${name} has ended.`)
    questions += 1
    const question: Question = { id: questions, method, argument }
    const answer = await new Promise<Answer>((resolve) => {
      waiting.set(question.id, resolve)
      child.send(question)
    })
    if (answer.error !== undefined) throw new Error(`${name}: ${answer.error}`)
    return answer.result as never
  }
  return {
    name,
    pid: child.pid ?? 0,
    ask,
    async clockOffsetMs() {
      const askedMs = clockMs()
      const theirsMs = await ask('clock')
      const answeredMs = clockMs()
      return Math.max(0, askedMs - theirsMs, theirsMs - answeredMs)
    },
    async stop() {
      isStopping = true
      if (child.exitCode !== null || child.signalCode !== null) return
      const exit = once(child, 'exit')
      const kill = setTimeout(() => child.kill('SIGKILL'), CLOSE_MS)
      await ask('close').catch(() => undefined)
      if (child.connected) child.disconnect()
      await exit
      clearTimeout(kill)
    },
  }
}
