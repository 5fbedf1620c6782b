/**
 * What must never reach a terminal or a log raw. Cc is C0, DEL and C1; Zl and Zp are U+2028 and U+2029, line ends for
 * some readers; Bidi_Control reorders the text around it; Cs under the `u` flag is a surrogate without its partner.
 */
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Cs}]/gu;

/** The same without C0: JSON allows that only between its tokens, never raw inside a string. */
const UNSAFE_IN_JSON = /[\u007f-\u009f\p{Zl}\p{Zp}\p{Bidi_Control}\p{Cs}]/gu;

const escapeUnit = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Hostile text for a terminal: every control, line end, bidi control and lone surrogate becomes `\uXXXX`. For display
 * only: a backslash stays as it is, so the result cannot be read back. */
export const escapeControls = (text: string): string => text.replace(UNSAFE, escapeUnit);

/** A serialised JSON line (without its final newline) with the same characters as JSON escapes: it parses to the same value. */
export const escapeJsonLine = (line: string): string => line.replace(UNSAFE_IN_JSON, escapeUnit);
