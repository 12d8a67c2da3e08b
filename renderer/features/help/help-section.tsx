import { useEffect, useMemo, useRef } from 'react'
import { useLocation } from 'wouter'
import { paths } from '../../paths.ts'
import { t } from '#renderer/messages/translate.ts'
import { ExternalLink } from '../../ui/external-link.tsx'
import { Tabs } from '../../ui/tabs.tsx'
import { requestTour } from '../../shell/tour-request.ts'
import { Button } from '../../ui/button.tsx'
import { SectionFrame } from '#renderer/ui/section-frame.tsx'
import { GUIDES } from './guides.ts'
import { parseMarkdown } from './markdown.ts'
import { MarkdownView } from './markdown-view.tsx'

const ELSEWHERE = [
  { href: 'https://nango.dev/docs', name: 'help.docs' },
  { href: 'https://nango.dev/docs/reference/sdks/node', name: 'help.api' },
  { href: 'https://www.rfc-editor.org/rfc/rfc6749', name: 'help.oauth' },
] as const

/** The guides, read without a network, and where to read on. The address below `settings/help` names the guide. */
export const HelpSection = () => {
  const [location, go] = useLocation()
  const guide = GUIDES.find(({ id }) => location === `${paths.help}/${id}`) ?? GUIDES[0]
  const blocks = useMemo(() => parseMarkdown(guide.text), [guide])
  const body = useRef<HTMLDivElement>(null)
  const wanted = useRef<string | null>(null)
  const show = (heading: string): void => {
    const found = body.current?.querySelector<HTMLElement>(`[data-heading="${CSS.escape(heading)}"]`)
    found?.scrollIntoView({ block: 'start' })
    found?.focus({ preventScroll: true })
  }
  useEffect(() => {
    const scroller = body.current?.closest('.overflow-y-auto')
    if (wanted.current === null) scroller?.scrollTo({ top: 0 })
    else show(wanted.current)
    wanted.current = null
  }, [guide])
  const onLink = (href: string): (() => void) | null => {
    const [file = '', heading = ''] = href.split('#')
    if (file === '') return () => show(heading)
    const other = GUIDES.find((one) => one.file === file)
    if (other === undefined) return null
    return () => {
      wanted.current = heading === '' ? null : heading
      go(`${paths.help}/${other.id}`)
    }
  }
  return (
    <SectionFrame
      title={t('help.title')}
      lead={t('help.lead')}
      action={<Button onClick={() => requestTour('resume')}>{t('tour.sandbox.tour')}</Button>}
    >
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 border-b border-line pb-2">
        <Tabs
          name={t('help.which')}
          value={guide.id}
          onValueChange={(id) => go(`${paths.help}/${id}`, { replace: true })}
          items={GUIDES.map(({ id, name }) => ({ value: id, label: t(name) }))}
        />
        <p className="flex flex-wrap gap-x-4 gap-y-1 text-small">
          {ELSEWHERE.map(({ href, name }) => (
            <ExternalLink key={href} href={href}>
              {t(name)}
            </ExternalLink>
          ))}
        </p>
      </div>
      <div ref={body} className="max-w-[720px]">
        <MarkdownView blocks={blocks} onLink={onLink} />
      </div>
    </SectionFrame>
  )
}
