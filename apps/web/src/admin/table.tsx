import type { ReactElement, ReactNode } from 'react'

export interface TableProps {
  readonly label: string
  readonly columns: readonly string[]
  readonly children: ReactNode
}

/** Scrolls sideways in itself where it is wider than the page. */
export function Table({ label, columns, children }: TableProps): ReactElement {
  return (
    <div className="admin-table" role="region" aria-label={label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  )
}
