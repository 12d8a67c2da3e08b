import { ChevronDown, ChevronUp, X } from 'lucide-react'
import { authWayOf } from '#shared/auth-ways'
import { t } from '#renderer/messages/translate.ts'
import { errorMessage } from '#renderer/messages/error-words.ts'
import { nameFromSlug } from '../../api/use-connector-names.ts'
import { Button } from '../../ui/button.tsx'
import { cx } from '../../ui/class-names.ts'
import { controlEdge } from '../../ui/field-frame.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { LogoTile } from '../../ui/logo-tile.tsx'
import { modeWords } from '../../ui/mode-words.ts'
import { StatusGlyph } from '../../ui/status-glyph.tsx'
import type { FormTools } from './form-tools.ts'
import { type PlanRow, valuesOf } from './plan-draft.ts'
import type { PlanState } from './use-plan.ts'

/** Why a connector cannot be connected. */
const obstacleWords = (connector: PlanRow['connector'], preview: PlanRow['preview']): string => {
  if (connector?.readiness === 'needs_integration') return t('queue.plan.needs-integration')
  if (connector?.readiness === 'not_from_here' && connector.nango.enabled)
    return authWayOf(connector.authMode).kind === 'refused'
      ? t('catalogue.about.no-way', { mode: modeWords(connector.authMode) })
      : t('catalogue.about.outbound')
  return preview?.problem == null ? t('queue.plan.no-way') : errorMessage(preview.problem)
}

/** What would become of a row, in a few words. */
const standingWords = ({ standing, open, preview, item, connector }: PlanRow): string => {
  switch (standing) {
    case 'unread':
      return t('queue.plan.looking')
    case 'page':
      return t('queue.plan.page')
    case 'form':
      return item.values === null
        ? modeWords(preview?.authMode ?? '')
        : t('queue.plan.filled', { mode: modeWords(preview?.authMode ?? '') })
    case 'incomplete':
      return t('queue.plan.missing', { fields: open.map(({ title }) => title).join(', ') })
    case 'impossible':
      return obstacleWords(connector, preview)
  }
}

/** One account of the plan: its empty socket, how it would be connected, its label, its form, and the way out. */
export const PlanRowView = ({ row, plan, tools }: { readonly row: PlanRow; readonly plan: PlanState; readonly tools: FormTools }) => {
  const { item, connector, preview, standing } = row
  const name = connector?.name ?? preview?.name ?? nameFromSlug(item.connectorId)
  const isImpossible = standing === 'impossible'
  const fields = isImpossible || connector === undefined ? [] : tools.askedFields(connector)
  const values = connector === undefined ? {} : valuesOf(item, connector, tools)
  const words = standingWords(row)
  return (
    <li data-plan={item.at} className="flex flex-col gap-2 border-b border-line py-2 last:border-b-0">
      <div className="flex min-h-10 items-center gap-2.5">
        <StatusGlyph glyph={isImpossible ? 'attention' : 'empty'} />
        <LogoTile connectorId={item.connectorId} name={name} />
        <div className="flex min-w-0 flex-1 flex-col">
          <span className={cx('truncate font-medium', isImpossible && 'text-ink-2')} title={name}>
            <bdi>{name}</bdi>
          </span>
          <span
            className={cx(
              'text-small',
              isImpossible ? 'break-words' : 'truncate',
              standing === 'incomplete' ? 'text-attention' : 'text-ink-2',
            )}
            title={words}
          >
            {words}
          </span>
        </div>
        {fields.length === 0 ? null : (
          <Button
            variant={standing === 'incomplete' ? 'secondary' : 'ghost'}
            size="small"
            icon={item.isOpen ? ChevronUp : ChevronDown}
            aria-expanded={item.isOpen}
            aria-label={t(standing === 'incomplete' ? 'queue.plan.fill-name' : 'queue.plan.fields-name', { name })}
            onClick={() => plan.unfold(item.at, !item.isOpen)}
          >
            {t(standing === 'incomplete' ? 'queue.plan.fill' : 'queue.plan.fields')}
          </Button>
        )}
        {isImpossible ? null : (
          <div className={cx('flex h-8 w-32 flex-none overflow-clip', controlEdge(false))}>
            <input
              value={item.label}
              maxLength={200}
              aria-label={t('queue.plan.label', { name })}
              placeholder={t('connect.label')}
              spellCheck={false}
              autoComplete="off"
              onChange={(event) => plan.setLabel(item.at, event.target.value)}
              className="min-w-0 flex-1 bg-transparent px-2.5 outline-none"
            />
          </div>
        )}
        <IconButton icon={X} size="small" name={t('queue.plan.take-out', { name })} onClick={() => plan.takeOut(item.at)} />
      </div>
      {item.isOpen && fields.length > 0 ? (
        <div role="group" aria-label={t('queue.plan.form', { name })} className="flex flex-col gap-1 pl-[26px]">
          {fields.map((field) => {
            const key = tools.fieldKey(field)
            return (
              <tools.Field
                key={key}
                field={field}
                value={values[key] ?? ''}
                problem={item.problems.get(key) ?? null}
                onChange={(value) => plan.type(row, field, value)}
                onLeave={() => plan.leave(row, field)}
              />
            )
          })}
        </div>
      ) : null}
    </li>
  )
}
