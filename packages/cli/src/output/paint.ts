const COLOURS = { red: 31, green: 32, yellow: 33, dim: 2, bold: 1 } as const
export type Colour = keyof typeof COLOURS

export const paint = (text: string, colour: Colour, isOn: boolean): string =>
  isOn ? `\u001B[${COLOURS[colour]}m${text}\u001B[0m` : text

interface ColourWish {
  readonly isTerminal: boolean
  readonly env: NodeJS.ProcessEnv
}

/** Only for people who look at it, and not for those who said that they want none. */
export const wantsColour = ({ isTerminal, env }: ColourWish): boolean =>
  isTerminal && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb'
