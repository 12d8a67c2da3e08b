import { Fragment, type ReactNode } from 'react'
import { t } from '#renderer/messages/translate.ts'
import { cx } from '../../ui/class-names.ts'
import { ExternalLink } from '../../ui/external-link.tsx'
import { type Block, type Inline, plainText } from './markdown.ts'

const HEADINGS = {
  1: 'text-title font-semibold',
  2: 'mt-4 text-lead font-semibold',
  3: 'mt-2 font-semibold',
} as const
const TAGS = { 1: 'h2', 2: 'h3', 3: 'h4' } as const

type OnLink = (href: string) => (() => void) | null

const InlineView = ({ parts, onLink }: { readonly parts: readonly Inline[]; readonly onLink: OnLink }): ReactNode =>
  parts.map((part, index) => {
    switch (part.kind) {
      case 'text':
        return <Fragment key={index}>{part.text}</Fragment>
      case 'code':
        return (
          <code
            key={index}
            className={cx(
              'rounded-4 bg-sunken px-1 py-px font-mono text-[0.92em]',
              part.text.length > 32 ? 'break-words' : 'whitespace-nowrap',
            )}
          >
            {part.text}
          </code>
        )
      case 'strong':
        return (
          <strong key={index} className="font-semibold">
            <InlineView parts={part.parts} onLink={onLink} />
          </strong>
        )
      case 'emphasis':
        return (
          <em key={index}>
            <InlineView parts={part.parts} onLink={onLink} />
          </em>
        )
      case 'link': {
        const words = <InlineView parts={part.parts} onLink={onLink} />
        if (/^https?:/.test(part.href))
          return (
            <ExternalLink key={index} href={part.href}>
              {words}
            </ExternalLink>
          )
        const follow = onLink(part.href)
        return follow === null ? (
          <Fragment key={index}>{words}</Fragment>
        ) : (
          <button key={index} type="button" onClick={follow} className="rounded-4 font-medium text-accent hover:underline">
            {words}
          </button>
        )
      }
    }
  })

const BlockView = ({ block, onLink }: { readonly block: Block; readonly onLink: OnLink }): ReactNode => {
  switch (block.kind) {
    case 'heading': {
      const level = Math.min(block.level, 3) as 1 | 2 | 3
      const Tag = TAGS[level]
      return (
        <Tag data-heading={block.id} tabIndex={-1} className={`${HEADINGS[level]} rounded-4 outline-offset-4`}>
          <InlineView parts={block.parts} onLink={onLink} />
        </Tag>
      )
    }
    case 'paragraph':
      return (
        <p className="break-words">
          <InlineView parts={block.parts} onLink={onLink} />
        </p>
      )
    case 'code':
      return (
        <pre tabIndex={0} className="overflow-x-auto rounded-8 border border-line bg-sunken px-3 py-2 font-mono text-small">
          {block.text}
        </pre>
      )
    case 'list': {
      const Tag = block.isOrdered ? 'ol' : 'ul'
      return (
        <Tag className={`flex flex-col gap-1.5 pl-6 ${block.isOrdered ? 'list-decimal' : 'list-disc'} marker:text-ink-3`}>
          {block.items.map((item, index) => (
            <li key={index}>
              <div className="flex flex-col gap-2">
                <Blocks blocks={item} onLink={onLink} />
              </div>
            </li>
          ))}
        </Tag>
      )
    }
    case 'table':
      return (
        <div
          className="overflow-x-auto rounded-8 border border-line"
          tabIndex={0}
          role="group"
          aria-label={t('help.table', { columns: block.head.map(plainText).join(', ') })}
        >
          <table className="w-full border-collapse text-left text-small">
            <thead>
              <tr className="border-b border-line bg-canvas">
                {block.head.map((cell, index) => (
                  <th key={index} scope="col" className="px-3 py-1.5 font-medium text-ink-2">
                    <InlineView parts={cell} onLink={onLink} />
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {block.rows.map((row, index) => (
                <tr key={index} className="border-b border-line align-top last:border-b-0">
                  {row.map((cell, column) => (
                    <td key={column} className="min-w-24 px-3 py-1.5">
                      <InlineView parts={cell} onLink={onLink} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )
  }
}

const Blocks = ({ blocks, onLink }: { readonly blocks: readonly Block[]; readonly onLink: OnLink }): ReactNode =>
  blocks.map((block, index) => <BlockView key={index} block={block} onLink={onLink} />)

/** A guide as elements. Addresses of the web open in the system browser; of any other, `onLink` says what following it does, or null. */
export const MarkdownView = ({ blocks, onLink }: { readonly blocks: readonly Block[]; readonly onLink: OnLink }) => (
  <div className="flex flex-col gap-3 leading-5">
    <Blocks blocks={blocks} onLink={onLink} />
  </div>
)
