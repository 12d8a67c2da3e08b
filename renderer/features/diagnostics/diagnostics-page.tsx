import { useLocation } from 'wouter'
import { t } from '#renderer/messages/translate.ts'
import { paths } from '#renderer/paths.ts'
import { PageFrame } from '#renderer/shell/page-frame.tsx'
import { Tabs } from '#renderer/ui/tabs.tsx'
import { BundleView } from './bundle-view.tsx'
import { DoctorView } from './doctor-view.tsx'
import { LogView } from './log-view.tsx'

const TABS = ['doctor', 'log', 'bundle'] as const

/** What is wrong, what happened, and what to hand to somebody who helps. */
export const DiagnosticsPage = () => {
  const [location, go] = useLocation()
  const tab = TABS.find((each) => `${location}/`.startsWith(`${paths.diagnostics}/${each}/`)) ?? 'doctor'
  return (
    <PageFrame title={t('trouble.title')}>
      <div className="flex h-11 flex-none items-center border-b border-line px-4">
        <Tabs
          name={t('trouble.tabs')}
          value={tab}
          onValueChange={(next) => go(`${paths.diagnostics}/${next}`)}
          items={TABS.map((value) => ({ value, label: t(`trouble.tab.${value}`) }))}
        />
      </div>
      {tab === 'doctor' ? <DoctorView /> : tab === 'log' ? <LogView key={location} /> : <BundleView />}
    </PageFrame>
  )
}
