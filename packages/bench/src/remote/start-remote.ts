import { fork } from 'node:child_process'
import { once } from 'node:events'

export interface Question {
  readonly id: number
  readonly method: string
  readonly argument: unknown
}

export interface Answer {
  readonly id: number
  readonly result?: unknown
  readonly error?: string
}

type Method = (...argument: never) => unknown

type MethodName<Target> = {
  [Name in keyof Target]: Target[Name] extends Method ? Name : never
}[keyof Target] &
  string

type Call<Target, Name extends keyof Target> = Target[Name] extends (
  ...argument: infer Arguments
) => infer Result
  ? (...argument: Arguments) => Promise<Awaited<Result>>
  : never

/** An object in a process of its own, which has a method `close`. */
export interface Remote<Target> {
  readonly name: string
  readonly pid: number
  readonly ask: <Name extends MethodName<Target>>(
    method: Name,
    ...argument: Parameters<Call<Target, Name>>
  ) => ReturnType<Call<Target, Name>>
  readonly stop: () => Promise<void>
}

const CLOSE_MS = 10_000

/** Forks `program`, which is to call `serveRemote` with its `Target`. */
export function startRemote<Target>(name: string, program: string): Remote<Target> {
  const child = fork(program, [], { serialization: 'advanced' })
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
  const call = async (method: string, argument?: unknown): Promise<unknown> => {
    if (!child.connected) throw new Error(`${name} has ended.`)
    questions += 1
    const question: Question = { id: questions, method, argument }
    const answer = await new Promise<Answer>((resolve) => {
      waiting.set(question.id, resolve)
      child.send(question)
    })
    if (answer.error !== undefined) throw new Error(`${name}: ${answer.error}`)
    return answer.result
  }
  return {
    name,
    pid: child.pid ?? 0,
    ask: (method, ...[argument]) => call(method, argument) as never,
    async stop() {
      isStopping = true
      if (child.exitCode !== null || child.signalCode !== null) return
      const exit = once(child, 'exit')
      const kill = setTimeout(() => child.kill('SIGKILL'), CLOSE_MS)
      await call('close').catch(() => undefined)
      if (child.connected) child.disconnect()
      await exit
      clearTimeout(kill)
    },
  }
}
