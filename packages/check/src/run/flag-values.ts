import { parseArgs } from 'node:util'
import { LaunchError } from '@parley/local-cluster'

type Options = Readonly<
  Record<string, { readonly type: 'string' | 'boolean'; readonly short?: string }>
>

type Values<Known extends Options> = {
  readonly [Name in keyof Known]?: Known[Name]['type'] extends 'string' ? string : boolean
}

/** Of `npm run verify` and `npm run soak`: what is wrong is said in a sentence, with exit code 2. */
export function createFlagReader(command: 'verify' | 'soak') {
  const wrong = (sentence: string, cause?: unknown): LaunchError =>
    new LaunchError(`${sentence} See npm run ${command} -- --help.`, { exitCode: 2, cause })

  return {
    wrong,
    parse: <Known extends Options>(args: readonly string[], options: Known): Values<Known> => {
      try {
        return parseArgs({ args: [...args], options }).values
      } catch (cause) {
        // Node's sentence goes on about positionals; its first half says what is wrong.
        const [first = ''] = (cause instanceof Error ? cause.message : String(cause)).split(
          /\.(?:\s|$)/u,
        )
        throw wrong(`${first.replaceAll(/\s+/gu, ' ')}.`, cause)
      }
    },
    wholeNumber: (
      flag: string,
      value: string | undefined,
      { from, to, or }: { readonly from: number; readonly to: number; readonly or: number },
    ): number => {
      if (value === undefined) return or
      const given = Number(value)
      if (/^\d+$/u.test(value) && given >= from && given <= to) return given
      throw wrong(`--${flag} takes a whole number from ${from} to ${to}, not '${value}'.`)
    },
  }
}

export const SEEDS = 2 ** 31
