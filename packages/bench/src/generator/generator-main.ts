import { Generator } from './generator.ts'
import type { Answer, Question } from './start-generator.ts'

const generator = new Generator()

process.on('message', (message) => {
  const { id, method, argument } = message as Question
  answer(id, method, argument).then(
    // Whoever asked may be gone meanwhile.
    (sent) => process.send?.(sent, () => undefined),
    () => undefined,
  )
})
// Whoever started it is gone: nobody would end it.
process.on('disconnect', () => process.exit(0))

async function answer(id: number, method: Question['method'], argument: unknown): Promise<Answer> {
  try {
    return { id, result: await generator[method](argument as never) }
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) }
  }
}
