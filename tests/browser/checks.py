"""What is asked of a page that is open in a browser: axe, width, cut text, visible focus."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

# axe's rules for WCAG 2.2 AA and its best practices
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLORS = ["color-contrast", "link-in-text-block"]
"""The rules whose answer may change with the theme."""


def violations(page: Page, *, only: list[str] | None = None) -> list[Any]:
    """What axe finds: by all our rules, or only by some."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate(
        "options => axe.run(options).then(result => result.violations.map("
        "fault => [fault.id, fault.nodes.slice(0, 3).map(node => node.html.slice(0, 160))]))",
        {"runOnly": only or RULES, "resultTypes": ["violations"]},
    )
    return list(found)


def too_wide(page: Page) -> bool:
    """Whether the page scrolls sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))


# Text that lies outside of the page or of a box that hides what does not fit; what is only for hearing is left out.
CUT = """() => {
  const found = [];
  const say = (node, why) =>
    found.push(`${why}: <${node.tagName} class="${node.className}"> ${node.textContent.trim().slice(0, 60)}`);
  const heard = node => node.closest('.visually-hidden, .skip, svg, dialog:not([open])');
  for (const node of document.body.querySelectorAll('*')) {
    if (heard(node) || !node.checkVisibility()) continue;
    const style = getComputedStyle(node);
    const hides = side => ['hidden', 'clip'].includes(style[side]);
    const text = node.textContent.trim();
    if (text && hides('overflowX') && node.scrollWidth > node.clientWidth + 1) say(node, 'cut at the side');
    if (text && hides('overflowY') && node.scrollHeight > node.clientHeight + 1) say(node, 'cut below');
    const own = [...node.childNodes].filter(child => child.nodeType === 3 && child.data.trim());
    if (!own.length) continue;
    let box = node;
    while (box && !['auto', 'scroll'].includes(getComputedStyle(box).overflowX)) box = box.parentElement;
    if (box && box !== document.body && box !== document.documentElement) continue;
    const rects = own.flatMap(child => {
      const range = document.createRange();
      range.selectNode(child);
      return [...range.getClientRects()];
    });
    const off = rect => rect.width > 1 && (rect.right > innerWidth + 1 || rect.left < -1);
    if (rects.some(off)) say(node, 'off the page');
  }
  return found;
}"""


def cut_text(page: Page) -> list[str]:
    """Which texts are cut or lie outside of the page."""
    return list(page.evaluate(CUT))


# What has the focus: which it is, what it is called, and the outline that shows it (its own, or of what it draws).
FOCUS = """() => {
  const node = document.activeElement;
  if (!node || node === document.body) return null;
  const styles = [getComputedStyle(node, '::after'), getComputedStyle(node)];
  const shown = styles.find(style => style.outlineStyle !== 'none');
  const box = node.getBoundingClientRect();
  const label = node.labels?.[0]?.innerText || node.getAttribute('aria-label') || node.innerText || node.value || '';
  if (!node.dataset.seen) {
    window.seenFocus = (window.seenFocus ?? 0) + 1;
    node.dataset.seen = window.seenFocus;
  }
  return {
    key: Number(node.dataset.seen), tag: node.tagName.toLowerCase(), type: node.type ?? '', name: node.name ?? '',
    value: node.value ?? '', label: label.trim().replace(/\\s+/g, ' '),
    outline: shown ? parseFloat(shown.outlineWidth) : 0,
    visible: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
}"""


def focused(page: Page) -> dict[str, Any] | None:
    """Return what has the focus, or None when it is on the page as a whole."""
    found: dict[str, Any] | None = page.evaluate(FOCUS)
    return found
