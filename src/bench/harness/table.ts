/** Prints rows in columns as wide as their widest cell; words to the left, figures to the right. */
export function printTable(rows: readonly (readonly string[])[]): void {
  console.log('')
  for (const line of tableLines(rows)) console.log(line)
}

/** The lines of a table. The first column is words, and the second where a cell begins with one. */
export function tableLines(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)))
  return rows.map((row) =>
    row
      .map((cell, i) => {
        const width = widths[i] ?? 0
        const isWord = i === 0 || (i === 1 && /^[a-z]/.test(cell))
        return isWord ? cell.padEnd(width) : cell.padStart(width)
      })
      .join('  '),
  )
}
