import { Plus } from 'lucide-react'
import type { Connection } from '#shared/contract/connections'
import { t } from '#renderer/messages/translate.ts'
import { Button } from '#renderer/ui/button.tsx'
import { Chip } from '#renderer/ui/chip.tsx'
import { missingScopes } from '#renderer/ui/status-words.ts'
import { isEndless, isForm, isShortOfScopes } from './connection-words.ts'
import { reconnect } from './panel-reconnect.ts'
import { Section } from '#renderer/ui/panel-section.tsx'

/** The scopes: granted against asked for, and the way to ask for those that are missing. */
export const AccessSection = ({ connection }: { readonly connection: Connection }) => {
  const { requested, granted } = connection.scopes
  const missing = missingScopes(connection.scopes)
  if (isEndless(connection) && requested === null && granted === null) return null
  const shown = granted ?? requested ?? []
  const aside =
    granted === null
      ? requested === null
        ? t('connections.access.unknown')
        : t('connections.access.granted-unknown')
      : requested === null
        ? t('connections.access.granted', { count: granted.length })
        : t('connections.access.of', { given: requested.length - missing.length, asked: requested.length })
  // Where the notice speaks of them, it has the button.
  const canAsk = !isForm(connection) && connection.status !== 'pending' && !isShortOfScopes(connection)
  return (
    <Section title={t('connections.access.title')} aside={aside}>
      {shown.length + missing.length === 0 ? (
        <p className="text-ink-3">{t(granted === null ? 'connections.access.which' : 'connections.access.none')}</p>
      ) : (
        <ul className="flex flex-wrap gap-1.5">
          {shown.map((scope) => (
            <li key={scope} className="max-w-full" title={scope}>
              <Chip isMono>{scope}</Chip>
            </li>
          ))}
          {missing.map((scope) => (
            <li key={scope} className="max-w-full" title={scope}>
              <Chip isMono variant="missing">
                {t('connections.access.missing', { scope })}
              </Chip>
            </li>
          ))}
        </ul>
      )}
      {canAsk ? (
        <Button
          size="small"
          variant="ghost"
          icon={Plus}
          className="-ml-2.5 self-start"
          onClick={() => reconnect(connection, { withScopes: true })}
        >
          {t('life.do.add-scopes')}
        </Button>
      ) : null}
    </Section>
  )
}
