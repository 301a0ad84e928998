/** What a mail says, before it becomes text and HTML. All of it is plain text. */
export interface Letter {
  readonly subject: string
  readonly heading: string
  /** Paragraphs above the button. The first is also what lists of mails show beside the subject. */
  readonly before: readonly string[]
  /** What happened, line by line; below the first paragraph. */
  readonly facts?: readonly Fact[]
  readonly action: Action
  /** Something else that one can do, less prominent. */
  readonly alternative?: Action
  /** Paragraphs below the button. */
  readonly after: readonly string[]
}

/** A value with its name: "Device: Firefox on Linux". */
export interface Fact {
  readonly label: string
  readonly value: string
}

/** A link with what it does. */
export interface Action {
  readonly label: string
  readonly link: string
}

/** What surrounds each letter. */
export interface Frame {
  /** Name of the site. */
  readonly site: string
  /** Language of the texts as in HTML's `lang` (BCP 47). */
  readonly language: string
  /** Stands above the link of the button, in full. HTML only. */
  readonly linkHint: string
  /** The last line. */
  readonly footer: string
}
