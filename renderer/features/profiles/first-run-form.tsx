import { ArrowLeft } from 'lucide-react'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { emptyDraft } from './profile-draft.ts'
import { ProfileFields } from './profile-fields.tsx'
import { ProfileOutcome } from './profile-outcome.tsx'
import { useProfileSetup } from './use-profile-setup.ts'

const WORDS = {
  cloud: {
    name: 'Nango Cloud',
    key: 'From Environment Settings, API keys. It goes into the vault and is sent to Nango alone.',
  },
  own: {
    name: 'My Nango',
    key: 'Of the environment to use. It goes into the vault and is sent to this address alone.',
  },
} as const

/** Makes the first profile: saved, tried, and taken into use when it works. What was typed stays until then. */
export const FirstRunForm = ({ kind, onBack }: { readonly kind: 'cloud' | 'own'; readonly onBack: () => void }) => {
  const words = WORDS[kind]
  const [draft, setDraft] = useState(() => emptyDraft(words.name))
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
        keyHint={words.key}
        firstField={first}
        onChange={(change) => setDraft({ ...draft, ...change })}
      />
      <ProfileOutcome setup={setup} />
      <div className="flex flex-wrap items-center gap-2">
        <Button icon={ArrowLeft} variant="ghost" className="-ml-3" onClick={() => void back()}>
          Back
        </Button>
        <span role="status" className="min-w-0 flex-1 text-right text-small text-ink-3">
          {setup.phase === 'saving' ? 'Saving' : setup.phase === 'testing' ? 'Reaching Nango and trying the key' : ''}
        </span>
        {hasFailed ? (
          <Button isBusy={isUsing} onClick={() => void use()}>
            Use it anyway
          </Button>
        ) : null}
        <Button type="submit" variant="primary" isBusy={isBusy}>
          {hasFailed ? 'Try again' : 'Add and test'}
        </Button>
      </div>
    </form>
  )
}
