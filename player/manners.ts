import type { Clock } from "./clock.js";

/** Situations in which a viewer does not upload unless it was told to; see `NearcastOptions.uploadWhile`. */
export interface Situations {
  readonly saveData: boolean;
  readonly cellular: boolean;
  readonly lowBattery: boolean;
  readonly hidden: boolean;
}

/** Network Information API and Battery Status API, which only some browsers have. */
interface NavigatorWithHints {
  readonly connection?: EventTarget & { readonly saveData?: boolean; readonly type?: string };
  getBattery?(): Promise<EventTarget & { readonly level: number; readonly charging: boolean }>;
}

const LOW_BATTERY = 0.2;
/** A tab that is hidden for longer is not being watched. */
const HIDDEN_MS = 60_000;

/**
 * Follows whether this is a good moment to upload, as far as the browser tells.
 *
 * @param onChange called with what keeps this viewer from uploading, or `undefined`; at once if there is something.
 * @returns stops following.
 */
export function followManners(
  uploadWhile: Situations,
  { navigator, document }: { readonly navigator: object; readonly document: Document },
  clock: Clock,
  onChange: (because: string | undefined) => void,
): () => void {
  const hints = navigator as NavigatorWithHints;
  const { connection } = hints;
  const abort = new AbortController();
  const { signal } = abort;
  let isHiddenLong = false;
  let isBatteryLow = false;
  let told: string | undefined;
  let stopWaiting = () => {};

  const because = (): string | undefined => {
    if (connection?.saveData && !uploadWhile.saveData) return "the browser is asked to save data";
    if (connection?.type === "cellular" && !uploadWhile.cellular) return "the network is a cellular one";
    if (isBatteryLow && !uploadWhile.lowBattery) return "the battery is low";
    if (isHiddenLong && !uploadWhile.hidden) return "the tab is hidden";
    return undefined;
  };
  const tell = () => {
    const now = because();
    if (now === told || signal.aborted) return;
    told = now;
    onChange(now);
  };

  connection?.addEventListener("change", tell, { signal });
  const seen = () => {
    stopWaiting();
    isHiddenLong = false;
    if (document.visibilityState === "hidden") {
      stopWaiting = clock.after(HIDDEN_MS, () => {
        isHiddenLong = true;
        tell();
      });
    }
    tell();
  };
  document.addEventListener("visibilitychange", seen, { signal });
  seen();
  hints
    .getBattery?.()
    .then((battery) => {
      const look = () => {
        isBatteryLow = !battery.charging && battery.level <= LOW_BATTERY;
        tell();
      };
      for (const name of ["levelchange", "chargingchange"]) battery.addEventListener(name, look, { signal });
      look();
    })
    .catch(() => {
      // Forbidden by a permissions policy: the browser does not tell.
    });
  return () => {
    abort.abort();
    stopWaiting();
  };
}
