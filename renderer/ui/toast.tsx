import { Toast } from '@base-ui/react/toast'
import { Check, X } from 'lucide-react'
import { t } from '#renderer/messages/translate.ts'
import { IconButton } from './icon-button.tsx'

const manager = Toast.createToastManager()

/** Tells the result of one's own action for 6 s, bottom right. Errors are never only a toast. */
export const tell = (title: string, description?: string): void => {
  manager.add({ title, ...(description === undefined ? {} : { description }), timeout: 6000 })
}

/** Takes away what was told: another action begins, and its sheet may stand where toasts do. */
export const hush = (): void => manager.close()

const ToastList = () => {
  const { toasts } = Toast.useToastManager()
  return toasts.map((toast) => (
    <Toast.Root
      key={toast.id}
      toast={toast}
      data-toast=""
      className="floating w-full rounded-8 transition-[opacity,transform] duration-[140ms] data-ending-style:opacity-0 data-limited:hidden data-starting-style:translate-y-1 data-starting-style:opacity-0"
    >
      <Toast.Content className="flex items-start gap-2.5 py-2 pr-2 pl-3">
        <Check aria-hidden="true" className="mt-1.5 text-connected" />
        <div className="min-w-0 flex-1 py-1">
          <Toast.Title className="font-medium break-words" />
          <Toast.Description className="text-small break-words text-ink-2" />
        </div>
        <Toast.Close render={<IconButton icon={X} name={t('ui.close')} size="small" className="mt-1" />} />
      </Toast.Content>
    </Toast.Root>
  ))
}

/**
 * Where toasts appear; once, in the shell. Above the foot of a panel and the strips of a queue and the tour, whose actions they must not
 * cover. Where a window has no room for them beside an open sheet, they stand at its upper edge, away from the sheet's foot.
 */
export const Toasts = () => (
  <Toast.Provider toastManager={manager} limit={3}>
    <Toast.Portal>
      <Toast.Viewport className="fixed right-4 bottom-11 z-70 flex w-[344px] flex-col gap-2 in-[body:has([data-region=panel])]:bottom-22 in-[body:has([data-region=queue])]:bottom-22 in-[body:has([data-region=tour])]:bottom-48! [-webkit-app-region:no-drag] max-[1299px]:in-[body:has([data-sheet])]:top-2 max-[1299px]:in-[body:has([data-sheet])]:right-auto max-[1299px]:in-[body:has([data-sheet])]:bottom-auto! max-[1299px]:in-[body:has([data-sheet])]:left-1/2 max-[1299px]:in-[body:has([data-sheet])]:-translate-x-1/2">
        <ToastList />
      </Toast.Viewport>
    </Toast.Portal>
  </Toast.Provider>
)
