// What tracker, WebRTC and the player's `Swarm` make of two viewers: introductions, connections, and their ends.
import { JOIN_AT_LATEST_MS } from "../../player/delivery/joining.js";
import {
  announceAgainMs,
  mayMeetAnother,
  offersWanted,
  type PeerCounts,
  USUAL_PEER_COUNTS,
} from "../../player/policy/acquaintance.js";
import { between } from "../audience/distributions.js";
import type { Scenario } from "../scenario/scenario.js";
import { type Introductions, RandomIntroductions } from "./introductions.js";
import { canConnect } from "./nat.js";
import { NearIntroductions } from "./near-introductions.js";
import type { Viewer } from "./viewer.js";
import type { World } from "./world.js";

/** The tracker's default. */
const ANNOUNCE_EVERY_MS = 20_000;
/** Socket, TLS, WebSocket; then the offers' candidates are gathered. */
const TRACKER_ROUND_TRIPS = 3;
/** ICE checks, DTLS, SCTP and the data channel. */
const CONNECT_ROUND_TRIPS = 7;
/** Time in which browsers notice that a peer has gone without a word. */
const DEAD_PEER_MS = { from: 14_000, to: 18_000 };
const TRACKER_RETRY_MS = { first: 1_000, longest: 30_000 };
/** Tries are counted in so many bits of an event's second number, and the viewer's swarms in the others. */
const TRY_BITS = 4;
const MOST_TRIES = 2 ** TRY_BITS - 1;

export class Meeting {
  readonly #world: World;
  readonly #swarms: readonly Introductions[];
  readonly #peerCounts: PeerCounts;
  readonly #connectMs: number;
  readonly #announces: number;
  readonly #callsAgain: number;
  readonly #connected: number;
  readonly #noticed: number;
  readonly #joins: number;
  tried = 0;
  failed = 0;

  constructor(world: World) {
    this.#world = world;
    const { schedule, scenario, random } = world;
    this.#peerCounts = peerCountsOf(scenario);
    this.#connectMs = scenario.audience.device.connectMs;
    const isNear = scenario.policies.introductions === "near";
    this.#swarms = scenario.stream.renditions.map(() =>
      isNear ? new NearIntroductions(scenario, random) : new RandomIntroductions(random),
    );
    this.#joins = schedule.on((viewer) => this.join(world.viewer(viewer)));
    this.#announces = schedule.on((index, second) => {
      const viewer = world.viewer(index);
      // Those of a swarm that it has left since are not sent.
      if (second >> TRY_BITS === viewer.swarms) this.#announce(viewer, second & MOST_TRIES);
    });
    this.#callsAgain = schedule.on((index, second) => {
      const viewer = world.viewer(index);
      if (second >> TRY_BITS === viewer.callsAgain) this.#callAgain(viewer, second & MOST_TRIES);
    });
    this.#connected = schedule.on((a, b) => this.#connect(world.viewer(a), world.viewer(b)));
    this.#noticed = schedule.on((viewer) => this.#isMissed(world.viewer(viewer)));
  }

  /** The first segment is wanted. */
  prepare(viewer: Viewer): void {
    if (viewer.usesPeers) this.#world.schedule.after(JOIN_AT_LATEST_MS, this.#joins, viewer.index);
  }

  /** The time to meet peers: the first picture is there, or it takes long. */
  join(viewer: Viewer): void {
    if (viewer.meetsSinceMs !== undefined || !viewer.usesPeers || viewer.state !== "present") return;
    const { schedule, fetching } = this.#world;
    viewer.meetsSinceMs = schedule.nowMs;
    this.joinSwarm(viewer);
    fetching.evaluate(viewer);
  }

  /** The one of its rendition, if the time to meet peers has come. */
  joinSwarm(viewer: Viewer): void {
    if (viewer.meetsSinceMs === undefined) return;
    viewer.swarms++;
    viewer.callsAgain++;
    viewer.othersTold = undefined;
    const delayMs = TRACKER_ROUND_TRIPS * this.#trackerRttMs(viewer) + this.#connectMs;
    this.#announceAfter(delayMs, viewer, 0);
  }

  /** Without having left the stream. */
  leaveSwarm(viewer: Viewer): void {
    this.#isMissed(viewer);
    viewer.firstPeerAtMs = undefined;
  }

  /** Under an id that says whether it uploads. */
  rejoin(viewer: Viewer, mayUpload: boolean): void {
    if (viewer.state !== "present") return;
    this.leaveSwarm(viewer);
    viewer.setMayUpload(mayUpload);
    this.#world.fetching.uploadsChanged(viewer);
    this.joinSwarm(viewer);
  }

  leave(viewer: Viewer, hasCrashed: boolean): void {
    if (!viewer.usesPeers) return;
    if (hasCrashed) {
      const noticeMs = between(DEAD_PEER_MS.from, DEAD_PEER_MS.to, this.#world.random);
      this.#world.exchange.vanished(viewer);
      this.#world.schedule.after(noticeMs, this.#noticed, viewer.index);
    } else {
      this.#isMissed(viewer);
    }
  }

  disconnect(a: Viewer, b: Viewer): void {
    const { exchange, fetching } = this.#world;
    this.#forget(a, b);
    this.#forget(b, a);
    exchange.closed(a, b);
    exchange.closed(b, a);
    fetching.evaluate(a);
    fetching.evaluate(b);
  }

  /** `from` has delivered at this rate. */
  rated(viewer: Viewer, from: Viewer, bytesPerMs: number): void {
    const { neighbours } = this.#world;
    const place = neighbours.placeOf(viewer, from);
    if (place < 0) return;
    const known = neighbours.rates[place] as number;
    neighbours.rates[place] = known === 0 ? bytesPerMs : known + (bytesPerMs - known) / 4;
  }

  /** @param tries since the viewer came into the swarm: attempts at a tracker that is down, or announces. */
  #announce(viewer: Viewer, tries: number): void {
    if (viewer.state !== "present") return;
    const { random } = this.#world;
    if (this.#isTrackerDown()) {
      const pauseMs = Math.min(TRACKER_RETRY_MS.longest, TRACKER_RETRY_MS.first * 2 ** tries);
      this.#announceAfter(pauseMs * (0.5 + random()), viewer, tries + 1);
      return;
    }
    this.#swarms[viewer.rendition]?.add(viewer);
    const hasMet =
      viewer.othersTold !== undefined && this.#againMs(viewer, viewer.peerCount, tries) === undefined;
    if (tries > 0 && tries < MOST_TRIES && hasMet) {
      this.#announceAfter(ANNOUNCE_EVERY_MS, viewer, MOST_TRIES);
      return;
    }
    this.#callOthers(viewer, tries);
    const againMs = this.#againMs(viewer, 0, tries + 1);
    if (againMs === undefined) this.#announceAfter(ANNOUNCE_EVERY_MS, viewer, MOST_TRIES);
    else this.#announceAfter(againMs, viewer, tries + 1);
  }

  /** @param announces before this one, as {@link offersWanted} has it. */
  #callOthers(viewer: Viewer, announces: number): void {
    const swarm = this.#swarms[viewer.rendition];
    // What the tracker has told is as old as the last announce; the first comes before it has told anything.
    const offers = offersWanted(viewer.peerCount, viewer.othersTold, announces, this.#peerCounts);
    if (offers > 0) for (const other of swarm?.introduce(viewer, offers) ?? []) this.#call(viewer, other);
    const wasTold = viewer.othersTold;
    viewer.othersTold = (swarm?.size ?? 1) - 1;
    // Whoever is alone need not wait for others.
    if (wasTold === undefined && viewer.othersTold === 0) this.#world.fetching.evaluate(viewer);
  }

  /** Somebody was lost, whom others are to replace before the tracker's interval is over. */
  #lost(viewer: Viewer): void {
    // Those who came since the last announce have called; the tracker has not told of them.
    viewer.othersTold = Math.max(viewer.othersTold ?? 0, viewer.peerCount);
    this.#callAgainAfter(viewer, 1);
  }

  #callAgain(viewer: Viewer, announces: number): void {
    if (viewer.state !== "present" || this.#isTrackerDown()) return;
    if (this.#againMs(viewer, viewer.peerCount, announces) === undefined) return;
    this.#callOthers(viewer, announces);
    this.#callAgainAfter(viewer, announces + 1);
  }

  #callAgainAfter(viewer: Viewer, announces: number): void {
    const delayMs = this.#againMs(viewer, 0, announces);
    viewer.callsAgain++;
    if (delayMs === undefined) return;
    this.#world.schedule.after(
      delayMs,
      this.#callsAgain,
      viewer.index,
      (viewer.callsAgain << TRY_BITS) | announces,
    );
  }

  #againMs(viewer: Viewer, peers: number, announces: number): number | undefined {
    return announceAgainMs(peers, viewer.othersTold ?? 0, announces, this.#world.random(), this.#peerCounts);
  }

  #announceAfter(delayMs: number, viewer: Viewer, tries: number): void {
    const second = (viewer.swarms << TRY_BITS) | Math.min(tries, MOST_TRIES);
    this.#world.schedule.after(delayMs, this.#announces, viewer.index, second);
  }

  /** An offer is on its way; whether the two find each other shows in the end. */
  #call(viewer: Viewer, other: Viewer): void {
    const { random, exchange, schedule } = this.#world;
    if (this.#world.neighbours.placeOf(viewer, other) >= 0 || other.state !== "present") return;
    if (!this.#haveRoom(viewer, other) || !this.#world.reputation.mayMeet(viewer, other)) return;
    this.tried++;
    if (!canConnect(viewer.traits.nat, other.traits.nat, random)) {
      this.failed++;
      return;
    }
    const delayMs =
      this.#trackerRttMs(viewer) +
      this.#trackerRttMs(other) +
      this.#connectMs +
      CONNECT_ROUND_TRIPS * exchange.paths.rttMs(viewer, other);
    schedule.after(delayMs * between(0.8, 1.5, random), this.#connected, viewer.index, other.index);
  }

  #connect(a: Viewer, b: Viewer): void {
    if (a.state !== "present" || b.state !== "present" || !this.#haveRoom(a, b)) return;
    if (this.#world.neighbours.placeOf(a, b) >= 0) return;
    this.#remember(a, b);
    this.#remember(b, a);
    const { exchange, fetching } = this.#world;
    exchange.met(a, b);
    exchange.met(b, a);
    fetching.evaluate(a);
    fetching.evaluate(b);
  }

  #haveRoom(a: Viewer, b: Viewer): boolean {
    return mayMeetAnother(a.peerCount, this.#peerCounts) && mayMeetAnother(b.peerCount, this.#peerCounts);
  }

  #isMissed(viewer: Viewer): void {
    this.#swarms[viewer.rendition]?.remove(viewer);
    const { neighbours } = this.#world;
    const first = neighbours.first(viewer);
    for (let place = first + viewer.peerCount - 1; place >= first; place--) {
      this.disconnect(viewer, this.#world.viewer(neighbours.peers[place] as number));
    }
  }

  #remember(viewer: Viewer, peer: Viewer): void {
    const { nowMs } = this.#world.schedule;
    countPeers(viewer, nowMs);
    this.#world.neighbours.add(viewer, peer);
    this.#world.links.chargeUplink(viewer);
    if (peer.mayUpload) viewer.seederCount++;
    viewer.meetings++;
    viewer.firstPeerAtMs ??= nowMs;
  }

  #forget(viewer: Viewer, peer: Viewer): void {
    const { neighbours, schedule, links } = this.#world;
    const place = neighbours.placeOf(viewer, peer);
    if (place < 0) return;
    countPeers(viewer, schedule.nowMs);
    if (viewer.state === "present") this.#lost(viewer);
    neighbours.remove(viewer, place);
    links.chargeUplink(viewer);
    if (peer.mayUpload) viewer.seederCount--;
    viewer.meetings++;
  }

  #trackerRttMs({ accessRttMs }: Viewer): number {
    return accessRttMs + this.#world.scenario.origin.rttMs;
  }

  #isTrackerDown(): boolean {
    const nowS = this.#world.schedule.nowMs / 1000;
    return this.#world.scenario.faults.some(
      (fault) => fault.kind === "tracker-down" && nowS >= fault.fromS && nowS < fault.untilS,
    );
  }
}

/** Adds up peers over time, for their mean. */
export function countPeers(viewer: Viewer, nowMs: number): void {
  viewer.peerMs += viewer.peerCount * (nowMs - viewer.peerCountSinceMs);
  viewer.peerCountSinceMs = nowMs;
}

export function peerCountsOf({ policies: { maxPeers } }: Scenario): PeerCounts {
  return maxPeers === undefined ? USUAL_PEER_COUNTS : { enough: maxPeers, most: maxPeers };
}
