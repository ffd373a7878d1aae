/**
 * Finds an element by its `data-part`.
 *
 * @throws {Error} where the page has none of this type.
 */
export function part(name: string): HTMLElement;
export function part<Type extends HTMLElement>(name: string, type: new () => Type): Type;
export function part(name: string, type: new () => HTMLElement = HTMLElement): HTMLElement {
  const element = document.querySelector(`[data-part="${name}"]`);
  if (!(element instanceof type)) throw new Error(`The page has no ${type.name} called "${name}".`);
  return element;
}
