/** The parts of an email before it is rendered as text and HTML. All of them are plain text. */
export interface Letter {
  readonly subject: string
  readonly heading: string
  /** Paragraphs above the button. Mail clients show the first one beside the subject in their lists. */
  readonly before: readonly string[]
  /** Details of the event, one a line, below the first paragraph. */
  readonly facts?: readonly Fact[]
  readonly action: Action
  /** A second link, less prominent than the button. */
  readonly alternative?: Action
  /** Paragraphs below the button. */
  readonly after: readonly string[]
}

/** A value with its name: "Device: Firefox on Linux". */
export interface Fact {
  readonly label: string
  /** One line; or a time in milliseconds since 1970-01-01 UTC, which the frame formats. */
  readonly value: string | number
  /** True: the value is what the reader came for, such as a code to type. HTML shows it large. Default false. */
  readonly isLarge?: boolean
}

/** A link with its label. */
export interface Action {
  readonly label: string
  readonly link: string
}
