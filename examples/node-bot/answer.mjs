// What the bot says to what it hears. Nothing here knows of a server.
import { randomInt } from 'node:crypto'

/**
 * Something to say now; `later` is to be said so many milliseconds after the command.
 * @typedef {{ text: string, later?: { afterMs: number, text: string } }} Answer
 */

/** @type {Readonly<Record<string, number>>} */
const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const LONGEST_MS = 30 * 86_400_000

const HELP = [
  '!help: this list',
  '!roll 2d6: throws two dice with six sides',
  '!remind 10s text: says the text again after 10 s (or m, h, d; at most 30d)',
].join('\n')

/**
 * `null`: it is not meant for the bot.
 * @param {string} text
 * @param {(sides: number) => number} throwDie from 1 to `sides`
 * @returns {Answer | null}
 */
export function answer(text, throwDie = (sides) => randomInt(1, sides + 1)) {
  const [, command, rest = ''] = /^!(\w+)\s*(.*)$/su.exec(text.trim()) ?? []
  if (command === 'help') return { text: HELP }
  if (command === 'roll') return { text: roll(rest, throwDie) }
  return command === 'remind' ? remind(rest) : null
}

/**
 * @param {string} dice
 * @param {(sides: number) => number} throwDie
 */
function roll(dice, throwDie) {
  const [, many, of] = /^(\d{0,2})d(\d{1,4})$/iu.exec(dice === '' ? '1d6' : dice) ?? []
  const [count, sides] = [Number(many || 1), Number(of)]
  if (of === undefined || count < 1 || count > 20 || sides < 2 || sides > 1_000) {
    return 'Say !roll 2d6: up to 20 dice with 2 to 1000 sides.'
  }
  const thrown = Array.from({ length: count }, () => throwDie(sides))
  const sum = thrown.reduce((total, one) => total + one, 0)
  return count === 1 ? `${sum}` : `${thrown.join(' + ')} = ${sum}`
}

/**
 * @param {string} wish
 * @returns {Answer}
 */
function remind(wish) {
  const [, many, unit = '', text] = /^(\d{1,6})([smhd])\s+(\S.*)$/su.exec(wish) ?? []
  const afterMs = Number(many) * (UNIT_MS[unit] ?? 0)
  if (text === undefined || afterMs < 1_000 || afterMs > LONGEST_MS) {
    return { text: 'Say !remind 10s tea: with s, m, h or d, from 1s to 30d.' }
  }
  return { text: `In ${many} ${unit}: ${text}`, later: { afterMs, text: `Reminder: ${text}` } }
}
