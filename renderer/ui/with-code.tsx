import type { ReactNode } from 'react'

/** Code in backticks of a sentence of the core, in mono. */
export const withCode = (text: string): ReactNode =>
  text.split('`').map((part, index) =>
    index % 2 === 1 ? (
      <code key={index} className="font-mono text-small">
        {part}
      </code>
    ) : (
      part
    ),
  )
