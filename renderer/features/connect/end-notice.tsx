import type { ReactNode } from 'react'
import { Notice } from '../../ui/notice.tsx'
import type { Glyph } from '../../ui/status-words.ts'
import type { EndWords } from './flow-words.ts'

/** Why nothing was connected: cause, the other side's own words, what it can mean. */
export const EndNotice = ({ words, tone, actions }: { readonly words: EndWords; readonly tone: Glyph; readonly actions?: ReactNode }) => (
  <Notice tone={tone} title={words.title} {...(actions === undefined ? {} : { actions })}>
    {words.text}
    {words.causes.length === 0 ? null : (
      <ul className="flex list-disc flex-col gap-0.5 pt-1 pl-4">
        {words.causes.map((cause) => (
          <li key={cause}>{cause}</li>
        ))}
      </ul>
    )}
    {words.evidence.map((line) => (
      <span key={line} className="block pt-1 text-small">
        <bdi>{line}</bdi>
      </span>
    ))}
    {words.quote === null ? null : (
      <blockquote className="mt-1.5 max-h-24 overflow-y-auto border-l-2 border-line-strong pl-2.5 break-words text-ink-1">
        <bdi>“{words.quote}”</bdi>
      </blockquote>
    )}
  </Notice>
)
