/** A line of newline-delimited JSON. */
export const jsonLine = (value: object): string => `${JSON.stringify(value)}\n`
