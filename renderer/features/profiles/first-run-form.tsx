import { ArrowLeft } from 'lucide-react'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { t } from '#renderer/messages/translate.ts'
import { Button } from '#renderer/ui/button.tsx'
import { emptyDraft } from './profile-draft.ts'
import { ProfileFields } from './profile-fields.tsx'
import { ProfileOutcome } from './profile-outcome.tsx'
import { useProfileSetup } from './use-profile-setup.ts'

/** Makes the first profile: saved, tried, and taken into use when it works. What was typed stays until then. */
export const FirstRunForm = ({ kind, onBack }: { readonly kind: 'cloud' | 'own'; readonly onBack: () => void }) => {
  const [draft, setDraft] = useState(() => emptyDraft(t(kind === 'own' ? 'profiles.own.profile-name' : 'profiles.cloud.name')))
  const [isUsing, setIsUsing] = useState(false)
  const setup = useProfileSetup(null, { needsAddress: kind === 'own' })
  const first = useRef<HTMLInputElement>(null)
  useEffect(() => first.current?.focus(), [])
  const problems = setup.outcome?.problems ?? {}
  const use = async (): Promise<void> => {
    setIsUsing(true)
    await setup.use().finally(() => setIsUsing(false))
  }
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (await setup.submit(draft)) await use()
  }
  const back = async (): Promise<void> => {
    await setup.discard()
    onBack()
  }
  const isBusy = setup.phase !== 'rest' || isUsing
  const hasFailed = setup.outcome?.kind === 'tested' && !setup.outcome.test.isWorking
  return (
    <form aria-labelledby="way" noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
      <ProfileFields
        draft={draft}
        problems={problems}
        hasAddress={kind === 'own'}
        keyHint={t(`profiles.${kind}.key`)}
        firstField={first}
        onChange={(change) => setDraft({ ...draft, ...change })}
      />
      <ProfileOutcome setup={setup} />
      <div className="sticky bottom-0 flex flex-wrap items-center gap-2 border-t border-line bg-surface py-3">
        <Button icon={ArrowLeft} variant="ghost" className="-ml-3" onClick={() => void back()}>
          {t('profiles.back')}
        </Button>
        <span role="status" className="min-w-0 flex-1 text-right text-small text-ink-3">
          {setup.phase === 'rest' ? '' : t(`profiles.phase.${setup.phase}`)}
        </span>
        {hasFailed ? (
          <Button isBusy={isUsing} onClick={() => void use()}>
            {t('profiles.anyway')}
          </Button>
        ) : null}
        <Button type="submit" variant="primary" isBusy={isBusy}>
          {hasFailed ? t('profiles.again') : t('profiles.first-run.add-and-test')}
        </Button>
      </div>
    </form>
  )
}
