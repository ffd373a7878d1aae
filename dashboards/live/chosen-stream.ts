/** The stream that the page's address names in its fragment, `#stream=news`; `undefined` for all of them. */
export function chosenStream(hash: string): string | undefined {
  return new URLSearchParams(hash.replace(/^#/, "")).get("stream") || undefined;
}

export function linkTo(stream: string | undefined): string {
  return stream === undefined ? "#" : `#${new URLSearchParams({ stream })}`;
}
