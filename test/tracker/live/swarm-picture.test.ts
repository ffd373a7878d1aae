import fc from "fast-check";
import { expect, test } from "vitest";
import { AddressBook } from "../../../tracker/admission/address-book.js";
import { addressText } from "../../../tracker/live/address-text.js";
import { MAX_PICTURED, pictureSwarm } from "../../../tracker/live/swarm-picture.js";
import { LocalMember } from "../../../tracker/local-member.js";
import { parseAddress } from "../../../tracker/nearness/address.js";
import { createPlace } from "../../../tracker/nearness/place.js";
import { Swarm } from "../../../tracker/swarm.js";
import { swarmKey } from "../../../tracker/swarm-server.js";
import type { InfoHash, PeerId } from "../../../tracker/wire/bytes20.js";

const OPTIONS = { stream: "news", withAddresses: false, nameOf: () => undefined };

/** A swarm of viewers of ten networks, each introduced to some others as the tracker does it. */
function swarmOf(size: number): { swarm: Swarm; members: LocalMember[] } {
  const swarm = new Swarm({ random: Math.random });
  const book = new AddressBook({
    maxSocketsPerAddress: size,
    exposurePerHour: 100,
    maxIdle: size,
    now: () => 0,
  });
  const members = Array.from({ length: size }, (_, number) => {
    const address = parseAddress(`203.0.${number % 10}.${Math.floor(number / 10) % 250}`);
    if (address === undefined) throw new Error("no address");
    const member = new LocalMember({
      key: swarmKey("news", "h".repeat(20) as InfoHash),
      infoHash: "h".repeat(20) as InfoHash,
      peerId: `-NC1${number % 5 === 0 ? "L" : "S"}-${String(number).padStart(14, "0")}` as PeerId,
      visitor: {
        number,
        place: createPlace(address, { asn: 64_500 + (number % 10), country: 17_477 }),
        stream: undefined,
        session: undefined,
        record: book.lookUp(address),
        standing: "p2p",
        standingRevision: 0,
      },
      nowMs: 0,
      holder: { send: () => {}, replaced: () => {} },
    });
    swarm.enter(member, false);
    swarm.introduce(member, 5, () => true);
    return member;
  });
  return { swarm, members };
}

test.each([0, 1, 40, MAX_PICTURED, 2_000])(
  "a swarm of %i is drawn with lines between viewers that are in the picture",
  (size) => {
    const { members } = swarmOf(size);
    const picture = pictureSwarm([members], OPTIONS);
    expect(picture).toMatchObject({ viewers: size, swarms: 1 });
    expect(picture.nodes).toHaveLength(Math.min(size, MAX_PICTURED));
    expect(new Set(picture.nodes.map(({ id }) => id)).size).toBe(picture.nodes.length);
    for (const { from, to } of picture.edges) expect(from < to && to < picture.nodes.length).toBe(true);
    const listed = picture.networks.reduce((sum, { viewers }) => sum + viewers, 0);
    expect(listed + picture.elsewhere).toBe(size);
    if (size > 1) expect(picture.edges.length).toBeGreaterThan(picture.nodes.length);
    expect(picture.nodes.filter(({ mayUpload }) => !mayUpload).length).toBeLessThanOrEqual(
      Math.ceil(size / 5),
    );
  },
);

test("a large swarm's picture shows the same viewers again while they stay", () => {
  const { members } = swarmOf(1_000);
  const ids = () => pictureSwarm([members], OPTIONS).nodes.map(({ id }) => id);
  expect(ids()).toEqual(ids());
});

test("a viewer in two renditions is drawn once", () => {
  const { members } = swarmOf(3);
  const other = swarmOf(3);
  expect(pictureSwarm([members, other.members], OPTIONS)).toMatchObject({ viewers: 3, swarms: 2 });
});

test("nothing tells where a viewer is more closely than its network, unless that is asked for", () => {
  const { members } = swarmOf(30);
  const picture = (withAddresses: boolean) =>
    JSON.stringify(pictureSwarm([members], { ...OPTIONS, withAddresses }));
  expect(picture(false)).not.toMatch(/203\.0\./);
  expect(picture(true)).toMatch(/"address":"203\.0\.\d+\.\d+"/);
});

test("addresses are told as far as the tracker knows them", () => {
  fc.assert(
    fc.property(fc.ipV4(), (text) => {
      const address = parseAddress(text);
      expect(address && addressText(address)).toBe(text);
    }),
  );
  const address = parseAddress("2001:db8:1:42:a:b:c:d");
  expect(address && addressText(address)).toBe("2001:db8:1:42::/64");
});
