/** Who is writing, in words; empty: nobody. `more` are those without a name here. */
export function typingWords(names: readonly string[], more = 0): string {
  const [first, second, third] = names
  if (first === undefined) {
    if (more === 0) return ''
    return more === 1 ? 'Somebody is typing…' : `${more} people are typing…`
  }
  const rest = names.length - 1 + more
  if (rest === 0) return `${first} is typing…`
  if (second !== undefined && rest === 1) return `${first} and ${second} are typing…`
  if (third !== undefined && second !== undefined && rest === 2) {
    return `${first}, ${second} and ${third} are typing…`
  }
  return `${first} and ${rest} ${rest === 1 ? 'other' : 'others'} are typing…`
}
