import { ChevronDown, ChevronRight } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'wouter'
import type { LogLine } from '#shared/contract/trouble'
import { t } from '#renderer/messages/translate.ts'
import { paths } from '#renderer/paths.ts'
import { cx } from '#renderer/ui/class-names.ts'
import { clockTime, exactTime } from '#renderer/ui/relative-words.ts'
import { factsInLine, inertText } from './inert-text.ts'

const INK: Readonly<Record<NonNullable<LogLine['level']>, string>> = {
  error: 'text-error',
  warn: 'text-attention',
  info: 'text-ink-2',
  debug: 'text-ink-3',
}

/** One line of the log; opened, its facts one below the other. Nothing in it is more than text. */
export const LogRow = ({ line }: { readonly line: LogLine }) => {
  const [isOpen, setIsOpen] = useState(false)
  const { at, level, event, attemptId, reference, fields } = line
  const Chevron = isOpen ? ChevronDown : ChevronRight
  const name = inertText(event, 200)
  return (
    <li>
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => setIsOpen(!isOpen)}
        className="grid w-full grid-cols-[16px_68px_72px_minmax(0,1.2fr)_minmax(0,2fr)] items-center gap-2 px-4 py-1 text-left text-small hover:bg-hover focus-visible:-outline-offset-2"
      >
        <Chevron aria-hidden="true" className="size-3.5 text-ink-3" />
        <time dateTime={at ?? undefined} title={at === null ? undefined : exactTime(at)} className="text-ink-3 tabular-nums">
          {at === null ? '–' : `${clockTime(at)}:${at.slice(17, 19)}`}
        </time>
        <span className={cx('font-medium', level === null ? 'text-ink-3' : INK[level])}>{t(`trouble.line.${level ?? 'none'}`)}</span>
        <span className="truncate font-mono text-caption text-ink-1" title={name}>
          {name}
        </span>
        <bdi className="truncate font-mono text-caption text-ink-3">{factsInLine(fields)}</bdi>
      </button>
      {isOpen ? (
        <div className="flex flex-col gap-1 bg-canvas px-4 py-2 pl-10 text-small">
          <dl
            aria-label={t('trouble.log.details', { event: name })}
            className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 font-mono text-caption"
          >
            {[['at', at ?? ''], ...Object.entries(fields), ...(reference === null ? [] : [['reference', reference]])].map(
              ([key, value]) => (
                <div key={String(key)} className="contents">
                  <dt className="text-ink-3">{inertText(String(key), 80)}</dt>
                  <dd className="break-all whitespace-pre-wrap">
                    <bdi>{inertText(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))}</bdi>
                  </dd>
                </div>
              ),
            )}
          </dl>
          {attemptId === null ? null : (
            <Link href={paths.logOfAttempt(attemptId)} className="w-fit text-accent underline underline-offset-2">
              {t('trouble.log.only-attempt')}
            </Link>
          )}
        </div>
      ) : null}
    </li>
  )
}
