/** Reads a header of a request by its lower-case name; null or undefined if it is absent. */
export type HeaderReader = (name: string) => string | null | undefined
