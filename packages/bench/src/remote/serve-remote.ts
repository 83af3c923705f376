import type { Answer, Question } from './start-remote.ts'

type Methods = Readonly<Record<string, (argument: never) => unknown>>

/** Answers the process that started this one, and ends with it. */
export function serveRemote(target: object): void {
  const methods = target as Methods
  process.on('message', (message) => {
    const { id, method, argument } = message as Question
    answer(id, () => methods[method]?.(argument as never)).then(
      // Whoever asked may be gone meanwhile.
      (sent) => process.send?.(sent, () => undefined),
      () => undefined,
    )
  })
  // Whoever started it is gone: nobody would end it.
  process.on('disconnect', () => process.exit(0))
}

async function answer(id: number, run: () => unknown): Promise<Answer> {
  try {
    return { id, result: await run() }
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) }
  }
}
