/** Okabe and Ito's colours, which people with any colour vision can tell apart. */
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];

export const ORIGIN_COLOUR = "#d97706";
export const PEERS_COLOUR = "#0b8f6c";

export function colourOf(run: number): string {
  return COLOURS[run % COLOURS.length] as string;
}
