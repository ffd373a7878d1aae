import type Hls from "hls.js";
import type { HlsConfig } from "hls.js";
import { fragmentLoaderClass } from "./hls/fragment-loader.js";
import { Nearcast } from "./nearcast.js";
import { type NearcastOptions, parseOptions } from "./options.js";

/** hls.js' configuration, and Nearcast's. */
export type HlsWithNearcastConfig = Partial<HlsConfig> & { nearcast?: NearcastOptions };

/** An hls.js player that takes segments from nearby viewers. */
export type HlsWithNearcast = Hls & {
  /** Statistics and events. `undefined` where the player was made without the `nearcast` option. */
  readonly nearcast: Nearcast | undefined;
};

type HlsClass = typeof Hls;

/** hls.js' class with everything static that it has, whose players have `nearcast`. */
export type HlsWithNearcastClass<Class extends HlsClass = HlsClass> = Omit<Class, "prototype"> &
  (new (
    config?: HlsWithNearcastConfig,
  ) => HlsWithNearcast);

/**
 * Makes an hls.js class whose players fetch segments from nearby viewers, and from the origin whenever peers are too
 * slow, absent or forbidden. Where a browser has no WebRTC, or no tracker answers, such a player is plain hls.js.
 *
 * The constructor throws a `TypeError` or `RangeError` that names the option where `nearcast` options are wrong, and
 * where `fLoader` is configured, because Nearcast brings its own (`loader` may be configured and is used).
 *
 * @example
 * const hls = new (withNearcast(Hls))({ nearcast: { tracker: "wss://tracker.example/announce", stream: "news" } });
 */
export function withNearcast<Class extends HlsClass>(HlsBase: Class): HlsWithNearcastClass<Class> {
  // TypeScript wants a mixin's constructor to take `any[]`; the exported type says what it really takes.
  class NearcastHls extends (HlsBase as HlsClass) {
    readonly nearcast: Nearcast | undefined;

    constructor({ nearcast: options, ...config }: HlsWithNearcastConfig = {}) {
      if (options === undefined) {
        super(config);
        return;
      }
      if (config.fLoader) throw new TypeError("fLoader: Nearcast brings its own, configure `loader` instead");
      const nearcast = new Nearcast(parseOptions(options, navigator.userAgent));
      super({ ...config, fLoader: fragmentLoaderClass(nearcast) as NonNullable<HlsConfig["fLoader"]> });
      this.nearcast = nearcast;
      nearcast.bind(this, HlsBase.Events);
    }
  }
  return NearcastHls as unknown as HlsWithNearcastClass<Class>;
}
