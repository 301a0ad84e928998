/** Invisible characters: they hide a text in a name, or make one name look like another (CWE-1007). Joiners are not among them. */
export const HIDDEN_CHARACTER: RegExp =
  /[\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2060-\u2065\u206a-\u206f\u2800\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e007f}]/u

/** A letter, number, sign or picture. A name without one is not visible. */
export const VISIBLE_CHARACTER: RegExp = /[\p{L}\p{N}\p{P}\p{S}]/u
