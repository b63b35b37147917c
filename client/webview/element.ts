type Child = Node | string | undefined;

/** A new element with properties set and children in it. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Partial<HTMLElementTagNameMap[Tag]> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

/** A button that looks like a link: it leads to where the thing is, which is no page. */
export function link(text: string, action: () => void): HTMLButtonElement {
  return element("button", { className: "link", type: "button", onclick: action }, text);
}
