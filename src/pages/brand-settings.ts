/** The look of pages and emails. Paths of files are relative to the working directory; files are read at start. */
export interface BrandSettings {
  /** Logo: `./logo.svg`, or a PNG, JPEG or WebP. Default: the name of the service. */
  readonly logo?: string | undefined
  /** Logo on a dark ground. Default: `logo`. */
  readonly logoDark?: string | undefined
  /** Icon of the browser tab. Default: none. */
  readonly icon?: string | undefined
  /** Colour of buttons and links, as `#rrggbb`; the colour for dark screens is computed. Default `#2450c8`. */
  readonly color: string
  /** Radius of buttons and inputs in pixels, 0 to 22. Default 8. */
  readonly radius: number
  /** URL that the logo leads to. Default: none. */
  readonly home?: string | undefined
  /** URL of the terms. Default: none. */
  readonly terms?: string | undefined
  /** URL of the privacy notice. Default: none. */
  readonly privacy?: string | undefined
  /** URL of the help, such as `mailto:help@example.com`. Default: none. */
  readonly support?: string | undefined
  /** Style sheet that comes after ours on every page, at most 10 kB. Default: none. */
  readonly css?: string | undefined
}
