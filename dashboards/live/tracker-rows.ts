import { element } from "../../pages/element.js";
import type { Service } from "../../tracker/live/feed.js";
import type { Cell } from "./rows.js";
import { NOTHING } from "./stream-tiles.js";
import { duration } from "./times.js";

/** The trackers that share a service, the one that serves this page first. */
export function trackerRows({ trackers }: Service): Cell[][] {
  return trackers.map(({ url, isDraining, viewers, load }, index) => [
    nameOf(url, index === 0, isDraining),
    `${viewers}`,
    load === null ? NOTHING : `${load.sockets} of ${load.socketLimit}`,
    load === null ? NOTHING : duration(load.uptimeS),
  ]);
}

function nameOf(url: string, isThis: boolean, isDraining: boolean): Node {
  const name = element("span");
  const remark = [...(isThis ? ["this one"] : []), ...(isDraining ? ["about to stop"] : [])].join(", ");
  name.append(isThis ? url : linkTo(url), remark === "" ? "" : ` (${remark})`);
  return name;
}

/** Other trackers say themselves what their addresses are. */
function linkTo(url: string): Node | string {
  if (!/^https?:/.test(url) || !URL.canParse("live/", url)) return url;
  const link = element("a", url);
  link.href = new URL("live/", url.endsWith("/") ? url : `${url}/`).href;
  return link;
}
