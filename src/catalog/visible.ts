/** Takes out of a text what nobody sees: a server's description could say one thing to a model and another to a person. */

/** Controls but tab and line ends, what turns the direction of a text around, what has no width, and the letters of tags. */
const UNSEEN = /[\p{Bidi_Control}\u200B\u2060-\u2064\uFEFF\u{E0000}-\u{E007F}]|(?![\t\n\r])\p{Cc}/gu;

/** The text as it is seen. Joiners stay, which scripts and emoji are written with. */
export function visible(text: string): string {
  return text.replace(UNSEEN, "");
}
