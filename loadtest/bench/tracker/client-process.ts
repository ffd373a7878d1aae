// All viewers of a scenario in a process of their own.
import { setTimeout as sleep } from "node:timers/promises";
import { createPeerId } from "../../../player/protocol/index.js";
import { percentile } from "../statistics.js";
import { sessionDescription } from "./session-description.js";
import { addressOf, id, ViewerSocket } from "./viewer-socket.js";

export type ClientQuestion =
  | {
      readonly do: "connect";
      /** Viewers are spread over them one by one. */
      readonly urls: readonly string[];
      readonly sockets: number;
      readonly swarmSize: number;
      readonly sdpBytes: number;
      /** Whether they join their swarms, too. */
      readonly join: boolean;
      /** Whether only the first URL's viewers announce, and meet only those of the others. @default false */
      readonly apart?: boolean;
    }
  | {
      readonly do: "announce";
      readonly perSecond: number;
      readonly seconds: number;
      readonly offers: number;
    };

export interface ClientAnswer {
  readonly sockets: number;
  readonly announces: number;
  readonly answers: number;
  readonly latencyMs: { readonly p50: number | null; readonly p99: number | null };
}

/** Sockets opened at one time, well below the server's backlog. */
const OPENED_AT_ONCE = 100;
const TICK_MS = 10;
/** What was to be sent while the machine stood still is not sent at once, which would cost less than one by one. */
const MAX_LATE_MS = 100;
/** At most, for answers that are still under way when the last announce was sent. */
const SETTLE_MS = 1500;

const viewers: ViewerSocket[] = [];
/** Those that announce. */
const askers: ViewerSocket[] = [];
const sentAtMs = new Map<string, number>();
const latenciesMs: number[] = [];
let sdp = "";
/** Announces sent so far. */
let turns = 0;
let offersSent = 0;

process.on("message", async (question: ClientQuestion) => {
  const announces = question.do === "connect" ? await connect(question) : await announce(question);
  const answer: ClientAnswer = {
    sockets: viewers.length,
    announces,
    answers: latenciesMs.length,
    latencyMs: { p50: percentile(latenciesMs, 0.5), p99: percentile(latenciesMs, 0.99) },
  };
  process.send?.(answer);
});

async function connect(question: Extract<ClientQuestion, { do: "connect" }>): Promise<number> {
  const { urls, sockets, swarmSize } = question;
  sdp = JSON.stringify(sessionDescription(question.sdpBytes));
  const answer = `{"type":"answer","sdp":${sdp}}`;
  while (viewers.length < sockets) {
    const added = Array.from({ length: Math.min(OPENED_AT_ONCE, sockets - viewers.length) }, (_, index) => {
      const number = viewers.length + index;
      const url = urls[number % urls.length] ?? "";
      const swarm = Math.floor(number / swarmSize);
      // Those that only download are introduced to none of their kind.
      const isAsker = number % urls.length === 0;
      const peerId = question.apart && isAsker ? createPeerId("leech", Math.random) : id("peer", number);
      const viewer = new ViewerSocket({
        url,
        peerId,
        localAddress: addressOf(number),
        swarm,
        answer,
        onAnswer,
      });
      if (isAsker || !question.apart) askers.push(viewer);
      return viewer;
    });
    await Promise.all(added.map((viewer) => viewer.opened()));
    if (question.join) await Promise.all(added.map((viewer) => viewer.join()));
    viewers.push(...added);
  }
  return 0;
}

async function announce(question: Extract<ClientQuestion, { do: "announce" }>): Promise<number> {
  latenciesMs.length = 0;
  const { perSecond } = question;
  const total = perSecond * question.seconds;
  let lastMs = performance.now();
  let sent = 0;
  let due = 0;
  while (sent < total) {
    const nowMs = performance.now();
    due = Math.min(total, due + (Math.min(MAX_LATE_MS, nowMs - lastMs) / 1000) * perSecond);
    lastMs = nowMs;
    for (; sent < due; sent++) {
      turns += 1;
      // A step that has no factor in common with their number, so that all swarms take turns.
      askers[(turns * 7919) % askers.length]?.announce(offers(question.offers), question.offers);
    }
    await sleep(TICK_MS);
  }
  const untilMs = performance.now() + SETTLE_MS;
  while (sentAtMs.size > 0 && performance.now() < untilMs) await sleep(TICK_MS);
  return sent;
}

function offers(count: number): string {
  const nowMs = performance.now();
  return Array.from({ length: count }, () => {
    offersSent += 1;
    const offerId = id("offer", offersSent);
    sentAtMs.set(offerId, nowMs);
    return `{"offer":{"type":"offer","sdp":${sdp}},"offer_id":"${offerId}"}`;
  }).join(",");
}

function onAnswer(offerId: string): void {
  const atMs = sentAtMs.get(offerId);
  if (atMs === undefined) return;
  sentAtMs.delete(offerId);
  latenciesMs.push(performance.now() - atMs);
}
