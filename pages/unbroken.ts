/** The same text, whose numbers are not parted from their units where a line ends. */
export function unbroken(text: string): string {
  return text.replaceAll(/(\d) (?=\S)/g, "$1\u00a0");
}
