import { useEffect, useRef } from 'react'
import { PatchbayError } from '#shared/errors'
import { t } from '#renderer/messages/translate.ts'
import { ErrorNotice } from '#renderer/ui/error-notice.tsx'
import { Notice } from '#renderer/ui/notice.tsx'
import { CheckList, testSentence } from './test-results.tsx'
import type { ProfileSetup } from './use-profile-setup.ts'

/** What came of saving and testing: fields to correct, a refusal, or each check with its words and fix. */
export const ProfileOutcome = ({ setup }: { readonly setup: ProfileSetup }) => {
  const { outcome, profile } = setup
  const ref = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (outcome !== null) ref.current?.scrollIntoView({ block: 'nearest' })
  }, [outcome])
  const count = outcome === null ? 0 : Object.keys(outcome.problems).length
  const isFieldRefusal = outcome?.kind === 'refused' && outcome.error instanceof PatchbayError && count > 0
  return (
    <div ref={ref} aria-live="polite" className="flex flex-col gap-3 empty:hidden">
      {outcome?.kind === 'problems' || isFieldRefusal ? (
        <Notice tone="error" title={t('profiles.problems', { count })}>
          {t('profiles.nothing-sent')}
        </Notice>
      ) : null}
      {outcome?.kind === 'refused' && !isFieldRefusal ? <ErrorNotice error={outcome.error} title={t('profiles.not-saved')} /> : null}
      {outcome?.kind === 'tested' ? (
        <div className="flex flex-col gap-2">
          <Notice tone={outcome.test.isWorking ? 'connected' : 'attention'} title={testSentence(outcome.test, profile?.name ?? '')} />
          <div className="rounded-8 border border-line px-3 py-1.5">
            <CheckList checks={outcome.test.checks} name={t('profiles.test.checks')} />
          </div>
        </div>
      ) : null}
    </div>
  )
}
