import type { SdpLiteral } from "../wire/session-description.js";
import { type AddressUse, useOfAddress } from "./candidate-address.js";

/** How much of each other two peers can reach. */
export type Reach = Exclude<AddressUse, "nobody">;

/** More candidates than any browser gathers; each makes the other side send packets to an address. */
const MAX_CANDIDATES = 64;

const CANDIDATE = "a=candidate:";
const CONNECTION = "\\nc=";
const NETWORKS = ["IN IP4 ", "IN IP6 "];
const RELATED = " raddr ";
const LINE_END = "\\n";
/** RFC 8839, section 5.1: what stands for an address that is kept back. */
const CONCEALED = "0.0.0.0";

const WIDTH: Record<AddressUse, number> = { anyone: 0, network: 1, machine: 2, nobody: 3 };

/** Leaves out candidates that are of no use to the other peer, and private addresses that are none of its business. */
export function restrict(sdp: SdpLiteral, reach: Reach): SdpLiteral {
  const widest = WIDTH[reach];
  const edits: Edit[] = [];
  let candidates = 0;
  let related = sdp.indexOf(RELATED);
  for (let at = sdp.indexOf(CANDIDATE), next = at; at >= 0; at = next) {
    next = sdp.indexOf(CANDIDATE, at + CANDIDATE.length);
    candidates += 1;
    const start = addressField(sdp, at);
    const end = sdp.indexOf(" ", start);
    const isUsable = start > 0 && end > 0 && WIDTH[useOfAddress(sdp, start, end)] <= widest;
    if (!isUsable || candidates > MAX_CANDIDATES) {
      edits.push({ from: at, to: endOfLine(sdp, at), text: "" });
      continue;
    }
    if (related >= 0 && related < at) related = sdp.indexOf(RELATED, at);
    if (related < 0 || (next >= 0 && related > next)) continue;
    if (related < endOfLine(sdp, at)) conceal(sdp, related + RELATED.length, widest, edits);
  }
  for (let at = sdp.indexOf(CONNECTION); at >= 0; at = sdp.indexOf(CONNECTION, at + 1)) {
    const start = at + CONNECTION.length;
    const network = NETWORKS.find((name) => sdp.startsWith(name, start));
    if (network !== undefined) conceal(sdp, start + network.length, widest, edits);
  }
  return edits.length === 0 ? sdp : apply(sdp, edits);
}

interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

const [SPACE, BACKSLASH] = [" ", "\\"].map((char) => char.charCodeAt(0)) as [number, number];

/** A candidate's address is its fifth field (RFC 8839, section 5.1); 0 where its line has fewer. */
function addressField(sdp: string, candidate: number): number {
  let spaces = 0;
  for (let at = candidate + CANDIDATE.length; at < sdp.length; at++) {
    const code = sdp.charCodeAt(at);
    if (code === BACKSLASH) return 0;
    if (code !== SPACE) continue;
    spaces += 1;
    if (spaces === 4) return at + 1;
  }
  return 0;
}

function conceal(sdp: string, from: number, widest: number, edits: Edit[]): void {
  WORD_END.lastIndex = from;
  const to = WORD_END.exec(sdp)?.index ?? sdp.length;
  const use = useOfAddress(sdp, from, to);
  if (use !== "nobody" && WIDTH[use] > widest) edits.push({ from, to, text: CONCEALED });
}

/** A word ends at a space, at the line's end or at the closing quote. */
const WORD_END = /[ \\"]/g;

/** Behind the line's end; the last line ends at the closing quote. */
function endOfLine(sdp: string, from: number): number {
  const end = sdp.indexOf(LINE_END, from);
  return end < 0 ? sdp.length - 1 : end + LINE_END.length;
}

function apply(sdp: string, edits: readonly Edit[]): SdpLiteral {
  let result = "";
  let copied = 0;
  for (const { from, to, text } of [...edits].sort((a, b) => a.from - b.from)) {
    if (from < copied) continue;
    result += sdp.slice(copied, from) + text;
    copied = to;
  }
  return (result + sdp.slice(copied)) as SdpLiteral;
}
