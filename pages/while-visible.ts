/**
 * Calls `update` at intervals while the page is visible, and once more whenever it is hidden or shown.
 *
 * @returns stops it.
 */
export function whileVisible(intervalMs: number, update: () => void): () => void {
  let timer: ReturnType<typeof setInterval> | undefined;
  const follow = () => {
    clearInterval(timer);
    update();
    if (!document.hidden) timer = setInterval(update, intervalMs);
  };
  document.addEventListener("visibilitychange", follow);
  follow();
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", follow);
  };
}
