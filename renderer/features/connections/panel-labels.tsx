import { Braces, Tags } from 'lucide-react'
import type { Connection } from '#shared/contract/connections'
import { displayText } from '#shared/display-text'
import { t } from '#renderer/messages/translate.ts'
import { Button } from '#renderer/ui/button.tsx'
import { Chip } from '#renderer/ui/chip.tsx'
import { Section } from '#renderer/ui/panel-section.tsx'
import { isOurTag } from './tag-draft.ts'
import type { ConnectionActions } from './use-connection-actions.tsx'

/** What Nango keeps beside the credentials: tags, to find it by, and metadata, for the programs of its environment. */
export const LabelsSection = ({ connection, actions }: { readonly connection: Connection; readonly actions: ConnectionActions }) => {
  const tags = Object.entries(connection.tags).filter(([key]) => !isOurTag(key))
  if (connection.nangoConnectionId === null) return null
  return (
    <Section title={t('life.labels.title')} aside={tags.length === 0 ? t('life.labels.none') : undefined}>
      {tags.length === 0 ? null : (
        <ul className="flex flex-wrap gap-1.5">
          {tags.map(([key, value]) => {
            const shown = displayText(`${key}: ${value}`)
            return (
              <li key={key} className="max-w-full" title={shown}>
                <Chip isMono>
                  <bdi>{shown}</bdi>
                </Chip>
              </li>
            )
          })}
        </ul>
      )}
      <div className="-ml-2.5 flex flex-wrap gap-1">
        <Button size="small" variant="ghost" icon={Tags} onClick={() => actions.editTags(connection)}>
          {t('life.labels.tags')}
        </Button>
        <Button size="small" variant="ghost" icon={Braces} onClick={() => actions.editMetadata(connection)}>
          {t('life.labels.metadata')}
        </Button>
      </div>
    </Section>
  )
}
