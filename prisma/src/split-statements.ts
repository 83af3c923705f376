/** How far a quoted text, a comment, or else one character reaches from `at`. */
function skip(sql: string, at: number): { end: number; isComment: boolean } {
  const char = sql[at]
  if (char === "'" || char === '"' || char === '`') {
    return { end: endOfQuoted(sql, at, char), isComment: false }
  }
  // MySQL wants a blank after the dashes: `5--1` is arithmetic.
  if (char === '#' || /^--(?:\s|$)/u.test(sql.slice(at, at + 3))) {
    const newline = sql.indexOf('\n', at)
    return { end: newline === -1 ? sql.length : newline, isComment: true }
  }
  if (sql.startsWith('/*', at)) {
    const close = sql.indexOf('*/', at + 2)
    // `/*! … */` is executed: it is a statement, not a remark.
    return { end: close === -1 ? sql.length : close + 2, isComment: sql[at + 2] !== '!' }
  }
  return { end: at + 1, isComment: false }
}

function endOfQuoted(sql: string, start: number, quote: string): number {
  for (let at = start + 1; at < sql.length; at += 1) {
    if (sql[at] === '\\' && quote !== '`') at += 1
    else if (sql[at] === quote) {
      if (sql[at + 1] !== quote) return at + 1
      at += 1
    }
  }
  return sql.length
}

/** The statements of a file, without their semicolons. `DELIMITER`, which is the client's, is not known. */
export function splitStatements(sql: string): string[] {
  const statements: string[] = []
  let start = 0
  let hasCode = false
  const take = (end: number): void => {
    if (hasCode) statements.push(sql.slice(start, end).trim())
    start = end + 1
    hasCode = false
  }
  for (let at = 0; at < sql.length;) {
    if (sql[at] === ';') {
      take(at)
      at += 1
      continue
    }
    const { end, isComment } = skip(sql, at)
    if (!isComment && sql.slice(at, end).trim() !== '') hasCode = true
    at = end
  }
  take(sql.length)
  return statements
}
