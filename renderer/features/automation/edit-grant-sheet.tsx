import { useState } from 'react'
import type { Grant, GrantTerm, GrantVerb } from '#shared/contract/grants'
import { useWrite } from '#renderer/api/use-api.ts'
import { formatNumber, t } from '#renderer/messages/translate.ts'
import { Button } from '#renderer/ui/button.tsx'
import { Checkbox } from '#renderer/ui/checkbox.tsx'
import { ErrorNotice } from '#renderer/ui/error-notice.tsx'
import { controlEdge, FieldFrame } from '#renderer/ui/field-frame.tsx'
import { RadioRow } from '#renderer/ui/radio-row.tsx'
import { Sheet } from '#renderer/ui/sheet.tsx'
import { TextField } from '#renderer/ui/text-field.tsx'
import { tell } from '#renderer/ui/toast.tsx'
import { tame } from './grant-words.ts'
import { PACE_AT_MOST, readPace, readRules, rulesText, sameLimits } from './rule-lines.ts'
import { VerbChoices } from './verb-choices.tsx'

/** As it is written on the wire. */
const EXAMPLE = 'GET /repos/**'

const TERMS = ['session', 'twelve_hours', 'standing'] as const satisfies readonly GrantTerm[]

/** The end of a day that was typed, as an instant; null where it is none that is still to come. */
const endOfDay = (day: string): string | null => {
  const at = new Date(`${day}T23:59:59`)
  return Number.isNaN(at.getTime()) || at.getTime() < Date.now() ? null : at.toISOString()
}

const inAMonth = (): string => new Date(Date.now() + 30 * 86_400_000).toISOString()

const dayOf = (at: string | null): string => {
  if (at === null) return ''
  const date = new Date(at)
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, '0')).join('-')
}

/** Changes the terms of a grant in force: fewer verbs, limits, how long. */
export const EditGrantSheet = ({ grant, onClose }: { readonly grant: Grant; readonly onClose: () => void }) => {
  const [verbs, setVerbs] = useState<ReadonlySet<GrantVerb>>(new Set(grant.verbs))
  const [rules, setRules] = useState(rulesText(grant.limits.rules))
  const [perMinute, setPerMinute] = useState(grant.limits.callsPerMinute === null ? '' : formatNumber(grant.limits.callsPerMinute))
  const [perDay, setPerDay] = useState(grant.limits.callsPerDay === null ? '' : formatNumber(grant.limits.callsPerDay))
  const [asksEachTime, setAsksEachTime] = useState(grant.asksEachTime)
  const [term, setTerm] = useState<GrantTerm>(grant.term)
  const [hasEnd, setHasEnd] = useState<'day' | 'never'>(grant.term === 'standing' && grant.endsAt === null ? 'never' : 'day')
  const [day, setDay] = useState(() => dayOf(grant.term === 'standing' ? grant.endsAt : inAMonth()))
  const update = useWrite('grants.update')
  const minute = readPace(perMinute, PACE_AT_MOST.callsPerMinute)
  const daily = readPace(perDay, PACE_AT_MOST.callsPerDay)
  const read = readRules(rules)
  const endsAt = hasEnd === 'never' ? null : endOfDay(day)
  const isDayWrong = term === 'standing' && hasEnd === 'day' && endsAt === null
  const isWrong = verbs.size === 0 || minute === null || daily === null || 'wrongLine' in read || isDayWrong
  const save = (): void => {
    if (isWrong) return
    const limits = { rules: read.rules, callsPerMinute: minute.count, callsPerDay: daily.count }
    update.mutate(
      {
        grantId: grant.grantId,
        ...(verbs.size === grant.verbs.length ? {} : { verbs: grant.verbs.filter((verb) => verbs.has(verb)) }),
        ...(sameLimits(limits, grant.limits) ? {} : { limits }),
        ...(asksEachTime === grant.asksEachTime ? {} : { asksEachTime }),
        ...(term === grant.term ? {} : { term }),
        ...(term === 'standing' && (grant.term !== 'standing' || endsAt !== grant.endsAt) ? { endsAt } : {}),
      },
      {
        onSuccess: () => {
          tell(t('automation.told.changed', { name: tame(grant.clientName) }))
          onClose()
        },
      },
    )
  }
  const paceError = (most: number): string => t('automation.edit.pace-wrong', { most: formatNumber(most) })
  return (
    <Sheet
      isOpen
      onClose={onClose}
      title={t('automation.edit.title', { name: tame(grant.clientName) })}
      subtitle={t('automation.edit.lead')}
      foot={
        <>
          <Button onClick={onClose}>{t('automation.edit.cancel')}</Button>
          <Button
            variant="primary"
            isBusy={update.isPending}
            disabledReason={isWrong ? t('automation.edit.incomplete') : null}
            onClick={save}
          >
            {t('automation.edit.save')}
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          save()
        }}
      >
        <VerbChoices
          offered={grant.verbs}
          limits={{ rules: [], callsPerMinute: null, callsPerDay: null }}
          chosen={verbs}
          onToggle={(verb, isOn) =>
            setVerbs((before) => (isOn ? new Set([...before, verb]) : new Set([...before].filter((one) => one !== verb))))
          }
        />
        {verbs.has('request') ? (
          <FieldFrame
            label={t('automation.edit.rules')}
            isOptional
            hint={t('automation.edit.rules-hint')}
            error={'wrongLine' in read ? t('automation.edit.rules-wrong', { line: read.wrongLine }) : null}
          >
            {(ids) => (
              <textarea
                {...ids}
                value={rules}
                rows={3}
                spellCheck={false}
                placeholder={EXAMPLE}
                onChange={(event) => setRules(event.target.value)}
                className={`field-sizing-content max-h-40 min-h-16 w-full resize-none px-2.5 py-1.5 font-mono text-small outline-none ${controlEdge('wrongLine' in read)}`}
              />
            )}
          </FieldFrame>
        ) : null}
        {verbs.size === 1 && verbs.has('read') ? null : (
          <>
            <div className="grid grid-cols-2 gap-4">
              <TextField
                label={t('automation.edit.per-minute')}
                isOptional
                type="number"
                value={perMinute}
                onValueChange={setPerMinute}
                error={minute === null ? paceError(PACE_AT_MOST.callsPerMinute) : null}
              />
              <TextField
                label={t('automation.edit.per-day')}
                isOptional
                type="number"
                value={perDay}
                onValueChange={setPerDay}
                error={daily === null ? paceError(PACE_AT_MOST.callsPerDay) : null}
              />
            </div>
            <Checkbox isChecked={asksEachTime} onChange={setAsksEachTime} label={t('automation.card.asks-each-time')} />
          </>
        )}
        <RadioRow
          label={t('automation.panel.for')}
          options={[...(grant.term === 'once' ? (['once'] as const) : []), ...TERMS].map((value) => ({
            value,
            label: t(`automation.term.${value}`),
          }))}
          value={term}
          onValueChange={setTerm}
          hint={t(`automation.term-text.${term}`)}
        />
        {term === 'standing' ? (
          <div className="grid grid-cols-2 gap-4">
            <RadioRow
              label={t('automation.column.ends')}
              options={[
                { value: 'day', label: t('automation.edit.on-day') },
                { value: 'never', label: t('automation.edit.taken-back') },
              ]}
              value={hasEnd}
              onValueChange={setHasEnd}
            />
            {hasEnd === 'day' ? (
              <FieldFrame label={t('automation.edit.day')} error={isDayWrong ? t('automation.edit.day-wrong') : null}>
                {(ids) => (
                  <input
                    {...ids}
                    type="date"
                    value={day}
                    onChange={(event) => setDay(event.target.value)}
                    className={`h-8 px-2.5 outline-none ${controlEdge(isDayWrong)}`}
                  />
                )}
              </FieldFrame>
            ) : null}
          </div>
        ) : null}
        {update.error === null ? null : <ErrorNotice error={update.error} title={t('automation.edit.failed')} />}
        <button type="submit" hidden />
      </form>
    </Sheet>
  )
}
