/** The address of the page; undefined outside a browser. */
export function pageLocation(): { readonly href: string; readonly origin: string } | undefined {
  return (globalThis as { readonly location?: { readonly href: string; readonly origin: string } }).location
}
