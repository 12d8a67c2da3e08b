import { Check, Circle, Minus } from 'lucide-react'
import type { ReactNode } from 'react'
import { useLocation } from 'wouter'
import { useRead } from '#renderer/api/use-api.ts'
import { t } from '#renderer/messages/translate.ts'
import { paths } from '#renderer/paths.ts'
import { Button } from '#renderer/ui/button.tsx'
import { ErrorNotice } from '#renderer/ui/error-notice.tsx'
import { Said } from '#renderer/ui/said.tsx'
import { StatusGlyph } from '#renderer/ui/status-glyph.tsx'
import { type SetUpStep, setUpSteps } from './set-up-steps.ts'

const glyphOf = (state: SetUpStep['state']): ReactNode => {
  if (state === 'done') return <Check aria-hidden="true" className="text-connected" />
  if (state === 'trouble') return <StatusGlyph glyph="attention" />
  const Icon = state === 'todo' ? Circle : Minus
  return <Icon aria-hidden="true" className="text-ink-3" />
}

/** A step with what was found, and the one thing to do about it. */
const StepRow = ({ step, state, check, onGo }: SetUpStep & { readonly onGo: (path: string) => void }) => {
  const isOpen = state === 'todo' || state === 'trouble'
  const action =
    step === 'integration' && state === 'todo'
      ? { words: t('connections.set-up.choose'), path: paths.connectors }
      : state === 'trouble' && step !== 'callback'
        ? { words: t('connections.set-up.edit'), path: `${paths.settings}/profiles` }
        : null
  return (
    <li data-step={step} data-state={state} className="flex gap-2.5 px-3 py-2">
      <span className="flex h-5 flex-none items-center">{glyphOf(state)}</span>
      <div className="min-w-0 flex-1 break-words">
        <span className="sr-only">{t(`connections.set-up.state.${state}`)}: </span>
        <span className={state === 'unknown' ? 'text-ink-3' : 'text-ink-1'}>{t(`connections.set-up.step.${step}`)}</span>
        {check !== null ? (
          <p className="text-ink-2">
            <Said english={check.summary} said={check.said?.summary} />{' '}
            {check.fix === null ? null : <Said english={check.fix} said={check.said?.fix} />}
          </p>
        ) : isOpen ? (
          <p className="text-ink-2">
            {t(step === 'integration' ? 'connections.set-up.integration-text' : 'connections.set-up.connection-text')}
          </p>
        ) : null}
      </div>
      {action === null ? null : (
        <Button size="small" className="self-start" onClick={() => onGo(action.path)}>
          {action.words}
        </Button>
      )}
    </li>
  )
}

/** From a Nango to a first account, step by step; each looks for itself whether it is done. */
const Steps = ({ profileId }: { readonly profileId: string }) => {
  const test = useRead('profiles.test', { profileId }, { ignoresFocus: true })
  const integrations = useRead('integrations.list', {})
  const counts = useRead('connections.counts', {})
  const [, go] = useLocation()
  const steps = setUpSteps({
    test: test.data ?? null,
    integrations: integrations.data?.integrations.length ?? null,
    connections: counts.data?.total ?? null,
  })
  const done = steps.filter(({ state }) => state === 'done').length
  return (
    <section aria-labelledby="set-up" className="mx-auto w-full max-w-[560px] px-6 pb-8">
      <div className="flex flex-wrap items-center gap-x-2 pb-1">
        <h2 id="set-up" className="font-semibold">
          {t('connections.set-up.title')}
        </h2>
        <span role="status" className="flex-1 text-small text-ink-3">
          {t('connections.set-up.progress', { done, all: steps.length })}
        </span>
        <Button variant="ghost" size="small" onClick={() => go(`${paths.help}/setup`)}>
          {t('connections.set-up.guide')}
        </Button>
        <Button
          variant="ghost"
          size="small"
          isBusy={test.isFetching}
          onClick={() => void Promise.all([test.refetch(), integrations.refetch(), counts.refetch()])}
        >
          {t('connections.set-up.again')}
        </Button>
      </div>
      {test.error === null ? null : <ErrorNotice error={test.error} title={t('connections.set-up.not-looked')} />}
      <ol className="divide-y divide-line rounded-8 border border-line">
        {steps.map((step) => (
          <StepRow key={step.step} {...step} onGo={go} />
        ))}
      </ol>
    </section>
  )
}

/** The set-up of the profile in use, where it is a Nango; a sandbox needs none. */
export const SetUpList = () => {
  const profile = useRead('system.status', {}).data?.profile ?? null
  return profile?.kind === 'nango' ? <Steps key={profile.profileId} profileId={profile.profileId} /> : null
}
