/** Copies a field's text; where the page may not (it is not secure, for one), selects it instead. */
export async function copyText(field: HTMLTextAreaElement): Promise<"copied" | "selected"> {
  try {
    await navigator.clipboard.writeText(field.value);
    return "copied";
  } catch {
    field.select();
    return "selected";
  }
}
