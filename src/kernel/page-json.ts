/** The query of a list, as clients write it. */
export interface PageQuery {
  /** The `next` of the previous page. */
  readonly before?: string | undefined
  /** Maximum number of items, 1 to 100. Default 100. */
  readonly limit?: number | undefined
}

/** The part of a list on the wire that leads to the next page. */
export interface NextPageJson {
  /** The `before` of the next page. Absent on the last page. */
  readonly next?: string | undefined
}
