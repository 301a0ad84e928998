import type { Storage } from '../../storage/storage.ts'
import type { WorkerLink } from './worker-link.ts'

/**
 * Connects the storage of a worker to the other workers: what one changes, the others hear before the answer; emails that one
 * stores, the lead sends at once.
 */
export function connectStorage(storage: Storage, link: WorkerLink): Storage {
  return {
    ...storage,
    open(options = {}) {
      const { onChanges = ignore, onEffects = ignore } = options
      link.listen({ onChanges, onMails: (mails) => onEffects({ events: [], mails }) })
      return storage.open({
        ...options,
        onChanges(changes) {
          onChanges(changes)
          link.tellChanges(changes)
        },
        onEffects(effects) {
          onEffects(effects)
          if (effects.mails !== undefined && effects.mails.length > 0) link.tellMails(effects.mails)
        },
      })
    },
  }
}

function ignore(): void {
  // the instance does not follow them
}
