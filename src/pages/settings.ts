import { z } from 'zod'
import { defineSettings, type Settings } from '../kernel/settings.ts'
import { findColorProblem } from './brand.ts'
import { findAssetProblem } from './brand-file.ts'
import type { BrandSettings } from './brand-settings.ts'

const link = z
  .string()
  .regex(/^(?:https?:\/\/|mailto:|\/(?!\/))[^\s\p{C}<>"]*$/u, 'must be an https URL, a path or a mailto: URL')
const file = z.string().min(1)

/** The table of the settings of the brand. */
export const brandSettings: Settings<BrandSettings> = defineSettings<BrandSettings>(
  'brand',
  {
    logo: {
      meaning: 'file of the logo on [pages and emails](pages.md): SVG, PNG, JPEG or WebP, at most 100 kB',
      default: undefined,
      defaultIs: 'the name of the service',
      schema: file,
      variable: { name: 'LATCHKEY_BRAND_LOGO' },
    },
    logoDark: { meaning: 'the logo on a dark ground', default: undefined, defaultIs: '`logo`', schema: file },
    icon: { meaning: 'icon of the browser tab', default: undefined, schema: file },
    color: {
      meaning:
        'colour of buttons and links, as `#rrggbb`; its contrast with the page is at least 4.5:1. The colour for dark screens is computed',
      default: '#2450c8',
      schema: z.string().regex(/^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i, 'must be a colour such as #2450c8'),
      variable: { name: 'LATCHKEY_BRAND_COLOR' },
    },
    radius: { meaning: 'radius of buttons and inputs in pixels, 0 to 22', default: 8, schema: z.int().min(0).max(22) },
    home: { meaning: 'URL that the logo leads to', default: undefined, schema: link },
    terms: { meaning: 'URL of the terms', default: undefined, schema: link },
    privacy: { meaning: 'URL of the privacy notice', default: undefined, schema: link },
    support: { meaning: 'URL of the help, such as `mailto:help@example.com`', default: undefined, schema: link },
    css: {
      meaning: 'file of a style sheet that comes after ours on every page, at most 10 kB',
      default: undefined,
      schema: file,
    },
  },
  (settings) => findColorProblem(settings.color) ?? findAssetProblem(settings),
)
