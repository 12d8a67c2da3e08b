import { ChevronDown } from 'lucide-react'
import { formatNumber, t } from '#renderer/messages/translate.ts'
import { modeWords } from '#renderer/ui/mode-words.ts'
import { useRead } from '../../api/use-api.ts'
import { Button } from '../../ui/button.tsx'
import { Menu, MenuChoices } from '../../ui/menu.tsx'
import type { ConnectorFilter } from './connector-rows.ts'
import { categoryWords } from './connector-words.ts'

const ANY = ''

const count = (value: number) => <span className="text-ink-3">{formatNumber(value)}</span>

/** The filters beside the search: the way to sign in and the category. */
export const ConnectorFilters = ({
  filter,
  onChange,
}: {
  readonly filter: ConnectorFilter
  readonly onChange: (filter: ConnectorFilter) => void
}) => {
  const kinds = useRead('catalogue.categories', {}).data
  const modes = kinds?.authModes ?? []
  const categories = kinds?.categories ?? []
  return (
    <>
      <Menu
        trigger={
          <Button className="h-9">
            {filter.authMode === null ? t('catalogue.page.mode') : modeWords(filter.authMode)}
            <ChevronDown aria-hidden="true" />
          </Button>
        }
      >
        <MenuChoices
          name={t('catalogue.page.mode')}
          value={filter.authMode ?? ANY}
          onValueChange={(authMode) => onChange({ ...filter, authMode: authMode === ANY ? null : authMode })}
          items={[
            { value: ANY, label: t('catalogue.page.any-mode') },
            ...modes.map(({ authMode, count: many }) => ({
              value: authMode,
              label: (
                <span className="flex justify-between gap-6">
                  {modeWords(authMode)} {count(many)}
                </span>
              ),
            })),
          ]}
        />
      </Menu>
      <Menu
        trigger={
          <Button className="h-9">
            {filter.category === null ? t('catalogue.page.category') : categoryWords(filter.category)}
            <ChevronDown aria-hidden="true" />
          </Button>
        }
      >
        <MenuChoices
          name={t('catalogue.page.category')}
          value={filter.category ?? ANY}
          onValueChange={(category) => onChange({ ...filter, category: category === ANY ? null : category })}
          items={[
            { value: ANY, label: t('catalogue.page.any-category') },
            ...categories.map(({ category, count: many }) => ({
              value: category,
              label: (
                <span className="flex justify-between gap-6">
                  {categoryWords(category)} {count(many)}
                </span>
              ),
            })),
          ]}
        />
      </Menu>
    </>
  )
}
