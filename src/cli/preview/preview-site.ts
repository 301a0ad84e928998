import type { Language } from '../../kernel/language.ts'
import type { LatchkeyConfig } from '../../options/options.ts'
import { createPerson, createSample, SAMPLE_PASSWORD, type Sample, type SampleKind } from './sample.ts'
import type { PreviewState } from './state.ts'
import { LONG_PERSON, PERSON } from './states.ts'

/** Shows states of pages, with the brand and the texts of a configuration. */
export interface PreviewSite {
  /** Returns the answer with the page in a state. */
  show(state: PreviewState, language: Language): Promise<Response>
  /** Returns the answer to any other request for a file of the pages, such as the logo. */
  file(path: string): Promise<Response>
  close(): Promise<void>
}

/**
 * Creates the preview. The instances behind it are real and in memory; each is created when a state needs it.
 * @param origin the origin of the preview.
 */
export function createPreviewSite(config: LatchkeyConfig, origin: string): PreviewSite {
  const samples = new Map<SampleKind, Promise<Sample>>()
  const sampleOf = (kind: SampleKind): Promise<Sample> => {
    const known = samples.get(kind)
    if (known !== undefined) return known
    const created = createSample(config, origin, kind).then(async (sample) => {
      if (kind === 'open') await populate(sample)
      return sample
    })
    samples.set(kind, created)
    return created
  }
  return {
    async show({ sample: kind = 'open', as, prepare }, language) {
      const sample = await sampleOf(kind)
      const browser = as === undefined ? sample.visitor() : await sample.member(as)
      browser.cookies.set('latchkey-lang', language)
      const [path = ''] = (await prepare(browser, sample)).split('#')
      const answer = await browser.get(path)
      if (as !== undefined) await browser.form('/auth/logout', {}) // so that the list of devices stays short
      return answer
    },
    async file(path) {
      const sample = await sampleOf('open')
      return sample.visitor().get(path)
    },
    async close() {
      for (const sample of samples.values()) await (await sample).auth.close()
    },
  }
}

async function populate(sample: Sample): Promise<void> {
  await createPerson(sample, PERSON)
  await createPerson(sample, LONG_PERSON)
  await sample.auth.users.create({ email: 'empty@example.com', password: SAMPLE_PASSWORD })
}
