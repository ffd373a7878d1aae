import type { RefusalReason, ReportResult } from "../../tracker/metrics/catalogue.js";

/** What was refused, in the words of whoever runs the tracker. */
export const REFUSAL_WORDS: Readonly<Record<RefusalReason, string>> = {
  binary: "A message that is not text",
  too_large: "A message that is too long",
  bad_framing: "A frame that breaks the WebSocket protocol",
  not_json: "A message that is not JSON",
  malformed: "A message that is not of the tracker's protocol",
  bad_sdp: "An offer or answer for more than a data channel",
  too_fast: "Too many messages on one connection",
  too_many_announces: "Too many announces of one peer",
  not_owner: "Speaking for a peer of another connection",
  peer_id_taken: "A peer id that another connection holds",
  second_peer_id: "A second peer id in one swarm",
  too_many_swarms: "Too many swarms on one connection",
  not_a_member: "Asking about a swarm from outside",
  unexpected_answer: "An answer without an offer, or to a peer that has left",
  slow_reader: "A connection that does not read what it is sent",
  idle: "A silent connection",
  expired_peer: "A peer that has stopped announcing",
  too_many_sockets: "A connection more than the tracker takes",
  too_many_sockets_of_address: "A connection more than one address may have",
  wrong_path: "A WebSocket for another path",
  origin: "A page that may not use the tracker",
  stream: "A stream that is not served, or none named",
  token: "An access token that is missing or not valid",
  quarantined: "A viewer in quarantine for wrong bytes",
};

/** Reports that were not counted. */
export const REPORT_WORDS: Readonly<Record<Exclude<ReportResult, "new">, string>> = {
  repeated: "A report that came twice",
  too_often: "Too many reports of one session",
  implausible: "A report of impossible figures",
  refused: "A report that is none, or from somebody who may not send any",
};
