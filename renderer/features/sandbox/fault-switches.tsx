import type { ReactNode } from 'react'
import type { SandboxFaults } from '#shared/contract/sandbox'
import { t } from '#renderer/messages/translate.ts'
import { RadioRow } from '#renderer/ui/radio-row.tsx'
import { SelectField } from '#renderer/ui/select-field.tsx'
import { Switch } from '#renderer/ui/switch.tsx'
import { NumberField } from './number-field.tsx'

const DENIALS = ['off', 'next', 'always'] as const
const BROKEN = ['off', 'server_error', 'cut_short', 'web_page', 'wrong_shape', 'no_answer'] as const

const FIRST_SESSION_SECONDS = 15
const FIRST_RATE_REQUESTS = 10
const FIRST_SLOW_MS = 3000

/** Several switches under one heading, one edge around them. */
export const SwitchGroup = ({ title, children }: { readonly title: string; readonly children: ReactNode }) => (
  <div role="group" aria-label={title} className="flex flex-col gap-2">
    <h3 className="font-semibold">{title}</h3>
    <div className="divide-y divide-line rounded-8 border border-line">{children}</div>
  </div>
)

/** One switch with what belongs to it. */
export const SwitchBox = ({ children }: { readonly children: ReactNode }) => (
  <div className="flex flex-col gap-2 px-4 pt-3 pb-2.5">{children}</div>
)

interface PartProps {
  readonly faults: SandboxFaults
  readonly onChange: (change: Partial<SandboxFaults>) => void
}

/** What goes wrong while somebody signs in. */
export const SignInFaults = ({ faults, onChange }: PartProps) => (
  <SwitchGroup title={t('tour.sandbox.signing-in')}>
    <SwitchBox>
      <RadioRow
        label={t('tour.sandbox.denied')}
        hint={t('tour.sandbox.denied-hint')}
        value={faults.deniedConsent}
        onValueChange={(deniedConsent) => onChange({ deniedConsent })}
        options={DENIALS.map((value) => ({ value, label: t(`tour.sandbox.denied.${value}`) }))}
      />
    </SwitchBox>
    <SwitchBox>
      <Switch
        label={t('tour.sandbox.session')}
        hint={t('tour.sandbox.session-hint')}
        isOn={faults.sessionSeconds !== null}
        onChange={(isOn) => onChange({ sessionSeconds: isOn ? FIRST_SESSION_SECONDS : null })}
      />
      {faults.sessionSeconds === null ? null : (
        <NumberField
          label={t('tour.sandbox.session-seconds')}
          value={faults.sessionSeconds}
          min={0}
          max={1800}
          onChange={(sessionSeconds) => onChange({ sessionSeconds })}
        />
      )}
    </SwitchBox>
    <SwitchBox>
      <Switch
        label={t('tour.sandbox.down')}
        hint={t('tour.sandbox.down-hint')}
        isOn={faults.isProviderDown}
        onChange={(isProviderDown) => onChange({ isProviderDown })}
      />
    </SwitchBox>
  </SwitchGroup>
)

/** What goes wrong between Patchbay and the sandbox's Nango. */
export const AnswerFaults = ({ faults, onChange }: PartProps) => (
  <SwitchGroup title={t('tour.sandbox.answers')}>
    <SwitchBox>
      <div className="max-w-[360px]">
        <SelectField
          label={t('tour.sandbox.broken')}
          value={faults.brokenAnswers}
          onValueChange={(brokenAnswers) => onChange({ brokenAnswers })}
          options={BROKEN.map((value) => ({ value, label: t(`tour.sandbox.broken.${value}`) }))}
        />
      </div>
      <p className="-mt-6 text-small text-ink-3">{t('tour.sandbox.broken-hint')}</p>
    </SwitchBox>
    <SwitchBox>
      <Switch
        label={t('tour.sandbox.rate')}
        hint={t('tour.sandbox.rate-hint')}
        isOn={faults.rateLimitRequests !== null}
        onChange={(isOn) => onChange({ rateLimitRequests: isOn ? FIRST_RATE_REQUESTS : null })}
      />
      {faults.rateLimitRequests === null ? null : (
        <div className="flex flex-wrap gap-x-4">
          <NumberField
            label={t('tour.sandbox.rate-requests')}
            value={faults.rateLimitRequests}
            min={1}
            max={10_000}
            onChange={(rateLimitRequests) => onChange({ rateLimitRequests })}
          />
          <NumberField
            label={t('tour.sandbox.rate-seconds')}
            value={faults.rateLimitSeconds}
            min={1}
            max={300}
            onChange={(rateLimitSeconds) => onChange({ rateLimitSeconds })}
          />
        </div>
      )}
    </SwitchBox>
    <SwitchBox>
      <Switch
        label={t('tour.sandbox.slow')}
        hint={t('tour.sandbox.slow-hint')}
        isOn={faults.slowMs > 0}
        onChange={(isOn) => onChange({ slowMs: isOn ? FIRST_SLOW_MS : 0 })}
      />
      {faults.slowMs === 0 ? null : (
        <NumberField
          label={t('tour.sandbox.slow-ms')}
          value={faults.slowMs}
          min={1}
          max={60_000}
          onChange={(slowMs) => onChange({ slowMs })}
        />
      )}
    </SwitchBox>
    <SwitchBox>
      <Switch
        label={t('tour.sandbox.pinned')}
        hint={t('tour.sandbox.pinned-hint')}
        isOn={faults.isPinned}
        onChange={(isPinned) => onChange({ isPinned })}
      />
    </SwitchBox>
  </SwitchGroup>
)
