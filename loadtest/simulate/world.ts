import { createPeerId } from "../../player/protocol/index.js";
import type { Session } from "../audience/sessions.js";
import { seededRandom } from "../bench/random.js";
import type { Scenario } from "../scenario/scenario.js";
import { Announcements } from "./announcements.js";
import { Exchange } from "./exchange.js";
import { Fetching } from "./fetching.js";
import { Holdings } from "./holdings.js";
import { Intake } from "./intake.js";
import { Levels } from "./levels.js";
import { Links } from "./links.js";
import { Meeting, peerCountsOf } from "./meeting.js";
import { Neighbours } from "./neighbours.js";
import { Origin } from "./origin.js";
import { Playback } from "./playback.js";
import { Programme } from "./programme.js";
import { Reputation } from "./reputation.js";
import { Schedule } from "./schedule.js";
import { Tally } from "./tally.js";
import { UploadDesk } from "./upload-desk.js";
import { Viewer } from "./viewer.js";

/** Sets the simulation's random numbers and the audience's apart. */
const SEED_SALT = 0x5eed;
/** Between the random numbers of two parts. */
const PART_SALT = 0x9e3779b9;
/** A page of the schedule has about a hundred events where so many viewers share so much time. */
const PAGE_VIEWER_MS = 40_000;
const LONGEST_PAGE_MS = 100;

/** The parts of a simulation, which call each other. */
export class World {
  readonly scenario: Scenario;
  readonly programme: Programme;
  readonly schedule: Schedule;
  readonly random: () => number;
  readonly viewers: readonly Viewer[];
  readonly neighbours: Neighbours;
  /** What viewers hold, and what of it they have announced, by rendition. */
  readonly held: readonly Holdings[];
  readonly shown: readonly Holdings[];
  readonly tally: Tally;
  readonly links: Links;
  readonly origin: Origin;
  readonly intake: Intake;
  readonly desk: UploadDesk;
  readonly announcements: Announcements;
  readonly reputation: Reputation;
  readonly exchange: Exchange;
  readonly fetching: Fetching;
  readonly meeting: Meeting;
  readonly levels: Levels;
  readonly playback: Playback;

  /** @param part number of the part of the audience, each of which has its own chance. */
  constructor(scenario: Scenario, sessions: readonly Session[], part: number) {
    this.scenario = scenario;
    this.programme = new Programme(scenario.stream, scenario.durationS);
    const random = seededRandom(((scenario.seed ^ SEED_SALT) + part * PART_SALT) >>> 0);
    this.random = random;
    this.schedule = new Schedule(Math.min(LONGEST_PAGE_MS, PAGE_VIEWER_MS / sessions.length));
    const memory = Viewer.memory(sessions.length);
    const viewers = sessions.map(
      (session, index) =>
        new Viewer(memory, index, session, createPeerId(session.traits.mayUpload ? "seed" : "leech", random)),
    );
    this.viewers = viewers;
    this.neighbours = new Neighbours(viewers.length, peerCountsOf(scenario).most);
    const holdings = () => scenario.stream.renditions.map(() => new Holdings(viewers.length));
    this.held = holdings();
    this.shown = holdings();
    this.tally = new Tally(this.schedule, scenario.durationS);
    this.links = new Links(this);
    this.origin = new Origin(this);
    this.intake = new Intake(this);
    this.desk = new UploadDesk(this);
    this.announcements = new Announcements(this);
    this.reputation = new Reputation(this);
    this.exchange = new Exchange(this);
    this.fetching = new Fetching(this);
    this.meeting = new Meeting(this);
    this.levels = new Levels(this);
    this.playback = new Playback(this);
  }

  viewer(index: number): Viewer {
    return this.viewers[index] as Viewer;
  }
}
