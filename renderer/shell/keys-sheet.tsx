import { Link } from 'wouter'
import { t } from '#renderer/messages/translate.ts'
import { paths } from '#renderer/paths.ts'
import { KeyCap, keyCaps } from '#renderer/ui/key-cap.tsx'
import { Sheet } from '#renderer/ui/sheet.tsx'
import { useAllKeys } from './key-map.ts'

/** The keys of the view that is open, behind `?`. */
export const KeysSheet = ({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }) => {
  const bindings = useAllKeys()
  const rows = new Map<string, string[]>()
  for (const { keys, does } of bindings) if (keys !== '') rows.set(does, [...(rows.get(does) ?? []), keys])
  return (
    <Sheet
      isOpen={isOpen}
      onClose={onClose}
      title={t('shell.keys.title')}
      width={520}
      foot={
        <Link href={paths.help} onClick={onClose} className="mr-auto rounded-4 font-medium text-accent hover:underline">
          {t('shell.keys.guides')}
        </Link>
      }
    >
      <div role="group" tabIndex={0} aria-label={t('shell.keys.title')} className="rounded-6 outline-offset-4">
        <dl className="grid grid-cols-[1fr_auto] gap-y-1">
          {[...rows].map(([does, keys]) => (
            <div key={does} className="contents">
              <dt className="flex min-h-7 items-center">{does}</dt>
              <dd className="flex flex-wrap items-center justify-end gap-1.5">
                {[...new Set(keys)].map((one) => (
                  <span key={one} className="flex gap-0.5">
                    {keyCaps(one).map((cap, index) => (
                      <KeyCap key={index} keys={cap} />
                    ))}
                  </span>
                ))}
                <span className="sr-only">{[...new Set(keys)].map((one) => keyCaps(one).join(' ')).join(', ')}</span>
              </dd>
            </div>
          ))}
        </dl>
      </div>
    </Sheet>
  )
}
