import { createInterface, type Interface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'

export interface ScreenOptions {
  readonly input: Readable & { readonly isTTY?: boolean }
  readonly output: Writable & { readonly isTTY?: boolean }
  readonly hasColour: boolean
}

const NAME_COLOURS = [36, 32, 35, 33, 34, 96, 92, 95]

/** Prints above the line that is being written. */
export class ChatScreen {
  readonly isInteractive: boolean
  readonly #lines: Interface
  readonly #iterator: AsyncIterableIterator<string>
  readonly #output: Writable
  readonly #hasColour: boolean
  #lastDay = new Date().toDateString()

  constructor({ input, output, hasColour }: ScreenOptions) {
    this.isInteractive = input.isTTY === true && output.isTTY === true
    this.#hasColour = hasColour
    this.#output = output
    this.#lines = createInterface({
      input,
      terminal: this.isInteractive,
      ...(this.isInteractive && { output, prompt: '> ' }),
    })
    // From the beginning: what is read before somebody iterates would be lost.
    this.#iterator = this.#lines[Symbol.asyncIterator]()
  }

  /** Ends when the input does, or with `close`. */
  lines(): AsyncIterable<string> {
    this.#prompt()
    return this.#iterator
  }

  onInterrupt(stop: () => void): void {
    this.#lines.on('SIGINT', stop)
  }

  close(): void {
    this.#lines.close()
  }

  message(ts: string, who: string, text: string, mark = ''): void {
    this.#day(ts)
    const time = new Date(ts).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
    const name = this.#colour(nameColour(who), who)
    const [first = '', ...rest] = plain(text).split('\n')
    const indent = ' '.repeat(7)
    const body = [first, ...rest.map((line) => indent + line)].join('\n')
    this.#print(
      `${this.#colour(90, time)}  ${name}  ${body}${mark && this.#colour(90, ` (${mark})`)}`,
    )
  }

  note(text: string): void {
    this.#print(this.#colour(90, `· ${plain(text)}`))
  }

  problem(text: string): void {
    this.#print(this.#colour(31, `! ${plain(text)}`))
  }

  /** Says the date when it is another one than of the line before. */
  #day(ts: string): void {
    const day = new Date(ts).toDateString()
    if (day !== this.#lastDay) this.note(day)
    this.#lastDay = day
  }

  #print(line: string): void {
    // Back to the start of the line and clear it: the prompt is written again under what is printed.
    this.#output.write(this.isInteractive ? `\r\u001B[2K${line}\n` : `${line}\n`)
    this.#prompt()
  }

  #prompt(): void {
    if (this.isInteractive) this.#lines.prompt(true)
  }

  #colour(code: number, text: string): string {
    return this.#hasColour ? `\u001B[${code}m${text}\u001B[0m` : text
  }
}

/** What others wrote must not move the cursor or colour the terminal. */
function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu, (character) =>
    character === '\n' ? '\n' : ' ',
  )
}

function nameColour(name: string): number {
  let sum = 0
  for (const character of name) sum += character.codePointAt(0) ?? 0
  return NAME_COLOURS[sum % NAME_COLOURS.length] ?? 36
}
