/** The shapes of all icons: 24 by 24, drawn by lines of the colour of the text. A page contains only the icons that it uses. */
export const ICONS = {
  user: '<circle cx="12" cy="8" r="4"/><path d="M4 20c1-4 4-6 8-6s7 2 8 6"/>',
  shield: '<path d="M12 3l8 3v6c0 4-3 7-8 9-5-2-8-5-8-9V6z"/>',
  laptop: '<rect x="5" y="5" width="14" height="10" rx="1.5"/><path d="M3 19h18"/>',
  phone: '<rect x="7" y="3" width="10" height="18" rx="2"/><path d="M11 18h2"/>',
  terminal: '<rect x="3" y="4" width="18" height="16" rx="2"/><path d="M7 9l3 3-3 3M13 15h4"/>',
  passkey:
    '<circle cx="9" cy="8" r="4"/><path d="M2 20c1-4 3-6 7-6 1 0 2 0 3 .5"/><circle cx="18" cy="13" r="2.5"/><path d="M18 15.5V21l2-1.5"/>',
  key: '<circle cx="8" cy="15" r="4"/><path d="M11 12l8-8M16 7l3 3"/>',
  activity: '<path d="M3 12h4l3 8 4-16 3 8h4"/>',
  download: '<path d="M12 4v11M7 11l5 5 5-5M4 20h16"/>',
  trash: '<path d="M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13"/>',
  mail: '<rect x="3" y="5" width="18" height="14" rx="2"/><path d="M3 7l9 7 9-7"/>',
  check: '<path d="M5 13l4 4L19 7"/>',
  info: '<circle cx="12" cy="12" r="9"/><path d="M12 11v6M12 7.5v.5"/>',
  warn: '<path d="M12 4l9 16H3zM12 10v4M12 17v.5"/>',
  eye: '<path d="M2 12c2-4 6-7 10-7s8 3 10 7c-2 4-6 7-10 7s-8-3-10-7z"/><circle cx="12" cy="12" r="3"/>',
  lock: '<rect x="5" y="11" width="14" height="9" rx="2"/><path d="M8 11V8a4 4 0 018 0v3"/>',
  logout: '<path d="M10 4H5v16h5M14 8l4 4-4 4M18 12H9"/>',
  pencil: '<path d="M4 20l1-5L16 4l4 4L9 19z"/>',
  link: '<path d="M10 13a5 5 0 007.5.5l3-3a5 5 0 00-7-7L12 5M14 11a5 5 0 00-7.5-.5l-3 3a5 5 0 007 7L12 19"/>',
  code: '<path d="M8 7l-5 5 5 5M16 7l5 5-5 5"/>',
} as const

/** Name of an icon. */
export type IconName = keyof typeof ICONS

/** Returns true if there is an icon of this name. */
export function isIcon(name: string): name is IconName {
  return Object.hasOwn(ICONS, name)
}
