import type { Grant, GrantVerb } from '#shared/contract/grants'
import { t } from '#renderer/messages/translate.ts'
import { Checkbox } from '#renderer/ui/checkbox.tsx'
import { cx } from '#renderer/ui/class-names.ts'
import { paceWords, ruleWords, VERBS } from './grant-words.ts'

/** What may be called, in full: each rule on a line of its own. */
const Calls = ({ limits, pace }: { readonly limits: Grant['limits']; readonly pace: readonly string[] }) => (
  <>
    {limits.rules.length === 0 ? (
      <span>{t('automation.verb-text.request')}</span>
    ) : (
      <ul className="flex flex-col">
        {limits.rules.map((rule) => (
          <li key={ruleWords(rule)} className="font-mono text-caption leading-4 [overflow-wrap:anywhere]">
            {ruleWords(rule)}
          </li>
        ))}
      </ul>
    )}
    {pace.length === 0 ? null : <span className="block">{t('automation.card.at-most', { pace: pace.join(', ') })}</span>}
  </>
)

/** The verbs as boxes to tick, each with what it means; the credential comes last, louder, and is never ticked beforehand. */
export const VerbChoices = ({
  offered,
  limits,
  chosen,
  onToggle,
}: {
  readonly offered: readonly GrantVerb[]
  readonly limits: Grant['limits']
  readonly chosen: ReadonlySet<GrantVerb>
  readonly onToggle: (verb: GrantVerb, isOn: boolean) => void
}) => {
  const pace = paceWords(limits)
  return (
    <div role="group" aria-label={t('automation.card.verbs')} className="flex flex-col gap-1.5">
      {VERBS.filter((verb) => offered.includes(verb)).map((verb) => (
        <div key={verb} className={cx(verb === 'secret' && 'rounded-8 border border-attention px-2.5 py-1')}>
          <Checkbox
            isChecked={chosen.has(verb)}
            onChange={(isOn) => onToggle(verb, isOn)}
            label={
              <span className="flex flex-col">
                <span className={cx('font-medium', verb === 'secret' && 'text-attention')}>{t(`automation.verb.${verb}`)}</span>
                <span className="text-small text-ink-2">
                  {verb === 'request' ? <Calls limits={limits} pace={pace} /> : t(`automation.verb-text.${verb}`)}
                </span>
              </span>
            }
          />
        </div>
      ))}
      {pace.length === 0 || offered.includes('request') ? null : (
        <p className="pl-6 text-small text-ink-2">{t('automation.card.at-most', { pace: pace.join(', ') })}</p>
      )}
    </div>
  )
}
