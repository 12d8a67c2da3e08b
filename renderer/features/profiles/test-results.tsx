import { Check, Minus } from 'lucide-react'
import type { ReactNode } from 'react'
import type { ProfileTest } from '#shared/contract/profiles'
import type { Sentence } from '#shared/sentence'
import { t } from '#renderer/messages/translate.ts'
import { Said } from '#renderer/ui/said.tsx'
import { StatusGlyph } from '#renderer/ui/status-glyph.tsx'

/** One thing that was looked at, by the doctor or by a profile's test. */
export interface CheckLine {
  readonly id: string
  readonly status: 'ok' | 'warn' | 'fail' | 'skipped'
  readonly summary: string
  readonly fix: string | null
  /** Both by key, where the core said them. */
  readonly said?: { readonly summary: readonly Sentence[]; readonly fix: readonly Sentence[] | null } | undefined
}

const glyphOf = (status: CheckLine['status']): ReactNode => {
  if (status === 'ok') return <Check aria-hidden="true" className="text-connected" />
  if (status === 'skipped') return <Minus aria-hidden="true" className="text-ink-3" />
  return <StatusGlyph glyph={status === 'warn' ? 'attention' : 'error'} />
}

/** The lines as they are shown: what was not looked at is told once, however much it is, in the words of the window. */
export const foldSkipped = (checks: readonly CheckLine[]): readonly (CheckLine & { readonly isOwn?: true })[] => {
  const skipped = checks.filter(({ status }) => status === 'skipped')
  const [first] = skipped
  if (first === undefined || skipped.length === 1) return checks
  const summary = t('profiles.test.skipped', { count: skipped.length })
  return [...checks.filter(({ status }) => status !== 'skipped'), { ...first, summary, isOwn: true }]
}

/** What was looked at, line by line, with the one next thing to do under what is not in order. */
export const CheckList = ({ checks, name }: { readonly checks: readonly CheckLine[]; readonly name: string }) => (
  <ul aria-label={name} className="flex flex-col">
    {foldSkipped(checks).map(({ id, status, summary, fix, said, isOwn }) => (
      <li key={id} className="flex gap-2.5 py-1">
        <span className="flex h-5 flex-none items-center">{glyphOf(status)}</span>
        <div className="min-w-0 break-words">
          <span className="sr-only">{t(`profiles.check.${status}`)}: </span>
          <span className={status === 'skipped' ? 'text-ink-3' : 'text-ink-1'}>
            {isOwn ? summary : <Said english={summary} said={said?.summary} />}
          </span>
          {fix === null || status === 'ok' ? null : (
            <p className="text-ink-2">
              <Said english={fix} said={said?.fix} />
            </p>
          )}
        </div>
      </li>
    ))}
  </ul>
)

/** One sentence about a test as a whole. */
export const testSentence = (test: ProfileTest, name: string): string => {
  if (!test.isWorking) return t('profiles.test.fails', { name })
  return t(test.checks.some(({ status }) => status === 'warn') ? 'profiles.test.warns' : 'profiles.test.works', { name })
}
