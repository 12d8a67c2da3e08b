import { ChevronDown, ChevronUp, Copy } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { Link } from 'wouter'
import { PatchbayError } from '#shared/errors'
import { errorWords } from '#renderer/messages/error-words.ts'
import { t } from '#renderer/messages/translate.ts'
import { paths } from '#renderer/paths.ts'
import { Button } from './button.tsx'
import { copyText } from './copy-text.ts'
import { Notice } from './notice.tsx'

/** The lines of Details: the code, the time and the facts that travelled with the error. They hold ids only, never secrets. */
export const errorDetails = (error: Error, at: string): readonly (readonly [string, string])[] => {
  if (!(error instanceof PatchbayError))
    return [
      ['code', 'internal'],
      ['time', at],
    ]
  const facts = Object.entries(error.data)
    .filter(([key, value]) => key !== 'next' && key !== 'said' && value !== null && value !== undefined)
    .map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)] as const)
  return [['code', error.code], ['time', at], ...facts]
}

/** What failed, its cause, one next action, and Details that copy. `title` says what was not done. */
export const ErrorNotice = ({ error, title, action }: { readonly error: Error; readonly title?: string; readonly action?: ReactNode }) => {
  const [isOpen, setIsOpen] = useState(false)
  const [at] = useState(() => new Date().toISOString())
  const { message, next } = errorWords(error)
  const details = errorDetails(error, at)
  const reference = error instanceof PatchbayError && typeof error.data['reference'] === 'string' ? error.data['reference'] : null
  return (
    <div role="alert" className="flex flex-col gap-2">
      <Notice
        tone="error"
        title={title ?? message}
        actions={
          <>
            {action}
            <Button
              variant="ghost"
              size="small"
              icon={isOpen ? ChevronUp : ChevronDown}
              aria-expanded={isOpen}
              onClick={() => setIsOpen(!isOpen)}
            >
              {t('ui.error.details')}
            </Button>
            <Button
              variant="ghost"
              size="small"
              icon={Copy}
              onClick={() => void copyText([message, ...details.map(([name, value]) => `${name}: ${value}`)].join('\n'))}
            >
              {t('ui.error.copy')}
            </Button>
          </>
        }
      >
        {title === undefined ? next : `${message} ${next}`}
      </Notice>
      {reference === null ? null : (
        <Link href={paths.logWith(reference)} className="px-3 text-small text-accent underline underline-offset-2">
          {t('ui.error.log')}
        </Link>
      )}
      {isOpen ? (
        <dl className="grid grid-cols-[auto_1fr] gap-x-3 px-3 font-mono text-caption text-ink-2">
          {details.map(([name, value]) => (
            <div key={name} className="contents">
              <dt>{name}</dt>
              <dd className="break-all">{value}</dd>
            </div>
          ))}
        </dl>
      ) : null}
    </div>
  )
}
